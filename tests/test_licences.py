from __future__ import annotations

from importlib.metadata import distributions

from assistant.cli.licences import CARRIERS, Licence, read_licences

WEIGHTS = (".onnx", ".pth", ".safetensors")


def test_every_installed_package_with_weights_is_listed() -> None:
    carriers = {
        package.metadata["Name"].lower().replace("_", "-")
        for package in distributions()
        for file in package.files or ()
        if file.suffix in WEIGHTS and (file.size or 0) > 1_000_000
    }
    assert carriers <= set(CARRIERS)
    assert all(one.megabytes > 1 for one in read_licences() if not one.package.startswith("font"))


def test_a_licence_that_differs_from_its_metadata_is_noticed() -> None:
    nudenet = next(one for one in read_licences() if one.package == "nudenet")
    assert (nudenet.declared, nudenet.enclosed) == ("MIT", "AGPL-3.0")
    assert "stricter" in nudenet.note


def test_silence_is_not_taken_for_consent() -> None:
    assert "ask" in Licence("p", "1", "x", 1.0, None, None).note
    assert Licence("p", "1", "x", 1.0, "MIT", "MIT").note == ""
