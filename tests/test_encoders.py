from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage import data

from index.encoders import load_cached, load_encoder
from index.encoders.cache import (
    CACHE_VARIABLE,
    cache_folder,
    entry_folder,
    is_whole,
    open_or_build,
    recall,
    remember,
)
from index.encoders.runtime import Preprocessing
from index.encoders.starter import (
    MEDIUM_CLASSES,
    PREPROCESSING,
    StarterEncoder,
    starter_fingerprint,
)
from index.errors import EncoderUnavailable, InputError
from index.records import Pixels

TEXTS = ["a cat", "horror", "", "東京 & naïve 🎬", "two lovers part in the rain " * 30]


@pytest.fixture(scope="session")
def starter(shared_cache: Path) -> StarterEncoder:
    encoder = load_encoder(cache=shared_cache, threads=1)
    assert isinstance(encoder, StarterEncoder)
    return encoder


@pytest.fixture(scope="session")
def photographs() -> dict[str, Pixels]:
    """Pictures that lie in scikit-image's wheel; none is downloaded."""
    pictures = {
        "cat": data.chelsea(),
        "coffee": data.coffee(),
        "rocket": data.rocket(),
        "astronaut": data.astronaut(),
    }
    return {name: np.ascontiguousarray(pixels) for name, pixels in pictures.items()}


def test_pictures_are_recognised(starter: StarterEncoder, photographs: dict[str, Pixels]) -> None:
    names = starter.class_names
    assert names is not None
    assert len(set(names)) >= 998
    assert len(names) == 1000
    seen = starter.embed_images([photographs["cat"], photographs["coffee"]]).classes
    assert seen is not None
    assert np.allclose(seen.sum(1), 1, atol=1e-4)
    cats, drinks = (np.argsort(row)[::-1][:3] for row in seen)
    assert {names[i] for i in cats} <= {
        "tabby, tabby cat",
        "tiger cat",
        "Egyptian cat",
        "lynx, catamount",
    }
    assert {"espresso", "cup"} <= {names[i] for i in drinks}


def test_texts_find_their_pictures(starter: StarterEncoder, photographs: dict[str, Pixels]) -> None:
    pictures = starter.embed_images(list(photographs.values()))
    asks = starter.embed_texts(["a cat", "a cup of coffee", "a rocket launch", "an astronaut"])
    assert (asks @ pictures.shared.T).argmax(1).tolist()[:3] == [0, 1, 2]


def test_a_picture_is_nearest_to_its_own_crop(
    starter: StarterEncoder, photographs: dict[str, Pixels]
) -> None:
    whole = starter.embed_images(list(photographs.values())).image
    crops = starter.embed_images([one[20:-20, 20:-20] for one in photographs.values()]).image
    assert whole is not None
    assert crops is not None
    assert (crops @ whole.T).argmax(1).tolist() == [0, 1, 2, 3]


def test_every_vector_has_length_one(
    starter: StarterEncoder, photographs: dict[str, Pixels]
) -> None:
    pictures = starter.embed_images(list(photographs.values()))
    assert pictures.image is not None
    texts = starter.embed_texts(TEXTS)
    assert (pictures.shared.shape, pictures.image.shape) == ((4, 384), (4, 1280))
    assert (starter.dimensions, starter.image_dimensions) == (384, 1280)
    for rows in (pictures.shared, pictures.image, texts):
        assert rows.dtype == np.float32
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_a_vector_does_not_depend_on_its_companions(
    starter: StarterEncoder, photographs: dict[str, Pixels]
) -> None:
    pictures = list(photographs.values())
    together = starter.embed_images(pictures * 9)
    assert together.image is not None
    for row, picture in enumerate(pictures):
        alone = starter.embed_images([picture])
        assert alone.image is not None
        assert np.abs(alone.shared - together.shared[row]).max() < 1e-6
        assert np.abs(alone.image - together.image[row]).max() < 1e-6
    texts = starter.embed_texts(TEXTS * 2)
    alone_texts = np.concatenate([starter.embed_texts([text]) for text in TEXTS])
    assert np.abs(texts[:5] - alone_texts).max() < 1e-6
    assert np.abs(texts[-5:] - alone_texts).max() < 1e-6


def test_padding_to_another_width_changes_nothing(starter: StarterEncoder) -> None:
    (_, ids, mask) = next(iter(starter._tokenizer.group(["a soldier with a rifle"])))
    wide = [np.pad(one, ((0, 0), (0, 112))) for one in (ids, mask)]
    (narrow_vector,) = starter._text.run(ids=ids, mask=mask)
    (wide_vector,) = starter._text.run(ids=wide[0], mask=wide[1])
    assert np.abs(narrow_vector - wide_vector).max() < 1e-6


def test_nothing_in_gives_nothing_out(starter: StarterEncoder) -> None:
    pictures = starter.embed_images([])
    assert pictures.image is not None
    assert pictures.shared.shape == (0, 384)
    assert pictures.image.shape == (0, 1280)
    assert starter.embed_texts([]).shape == (0, 384)


def test_graphs_agree_with_torch(shared_cache: Path, photographs: dict[str, Pixels]) -> None:
    from index.encoders import starter_export as export
    from index.encoders.export import import_repaired

    torch = import_repaired("torch")
    batch = np.stack([PREPROCESSING.apply(one) for one in photographs.values()])
    weights = export.weights_folder(export.IMAGE_PACKAGE, "models") / export.IMAGE_WEIGHTS
    with torch.inference_mode():
        scaled = torch.from_numpy(batch).permute(0, 3, 1, 2) / 127.5 - 1
        features, classes = export.load_image_tower(weights)(scaled)
    exact = load_encoder("starter@fp32", cache=shared_cache, threads=1)
    given = exact.embed_images(list(photographs.values()))
    assert given.image is not None
    assert given.classes is not None
    assert np.abs(given.image - features.numpy()).max() < 1e-3
    assert np.abs(given.classes - classes.numpy()).max() < 1e-3


def test_texts_agree_with_the_published_model(starter: StarterEncoder) -> None:
    from index.encoders import starter_export as export
    from index.encoders.export import import_repaired

    torch = import_repaired("torch")
    transformers = import_repaired("transformers")
    folder = export.weights_folder(export.TEXT_PACKAGE, "model")
    model = transformers.AutoModel.from_pretrained(folder, local_files_only=True).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    batch = tokenizer(TEXTS, padding=True, truncation=True, max_length=256, return_tensors="pt")
    with torch.inference_mode():
        hidden = model(**batch).last_hidden_state
    keep = batch["attention_mask"][:, :, None]
    wanted = torch.nn.functional.normalize((hidden * keep).sum(1) / keep.sum(1)).numpy()
    assert np.abs(starter.embed_texts(TEXTS) - wanted).max() < 1e-3


def test_what_a_picture_is_does_not_hide_what_it_shows(starter: StarterEncoder) -> None:
    assert starter.class_names is not None
    names = [name.split(",")[0] for name in starter.class_names]
    assert set(names) >= MEDIUM_CLASSES
    seen = np.full((1, 1000), 1e-6, np.float32)
    seen[0, names.index("book jacket")] = 0.9
    seen[0, names.index("assault rifle")] = 0.08
    asks = starter.embed_texts(["a soldier with a rifle", "a book", "a cat", "a comic book"])
    assert (asks @ starter._bridge(seen)[0]).argmax() == 0


def test_a_warm_cache_needs_no_torch(starter: StarterEncoder, shared_cache: Path) -> None:
    script = (
        "import sys; from index.encoders import load_cached\n"
        f"encoder = load_cached('starter', {starter.fingerprint!r})\n"
        "assert encoder.embed_texts(['a soldier with a rifle']).shape == (1, 384)\n"
        "heavy = {'torch', 'torchvision', 'transformers', 'timm', 'open_clip', 'pandas', 'onnx'}\n"
        "sys.exit(','.join(heavy & set(sys.modules)) or 0)\n"
    )
    environment = os.environ | {CACHE_VARIABLE: str(shared_cache)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr


def test_importing_encoders_is_cheap() -> None:
    script = (
        "import sys, index.encoders\n"
        "heavy = {'onnxruntime', 'PIL', 'tokenizers', 'torch', 'filelock', 'platformdirs'}\n"
        "sys.exit(','.join(heavy & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_encoder_of_an_index_comes_back(starter: StarterEncoder, shared_cache: Path) -> None:
    again = load_cached(starter.id, starter.fingerprint, cache=shared_cache, threads=1)
    assert again.fingerprint == starter.fingerprint == starter_fingerprint()
    with pytest.raises(EncoderUnavailable, match="changed since the index was made"):
        load_cached("starter", "0" * 32, cache=shared_cache)


@pytest.mark.parametrize(
    ("spec", "weights", "says"),
    [
        ("startr", None, "did you mean 'starter'"),
        ("clip", None, "open_clip:"),
        ("starter", Path("weights.pt"), "brings its own weights"),
        ("starter@int4", None, "use starter@int8 or starter@fp32"),
    ],
)
def test_a_wrong_spec_is_explained(spec: str, weights: Path | None, says: str) -> None:
    with pytest.raises(InputError, match=says):
        load_encoder(spec, weights=weights)


def write_entry(folder: Path) -> None:
    (folder / "one.bin").write_bytes(b"first" * 100)
    (folder / "two.json").write_text("{}")


def test_an_entry_is_built_once(tmp_path: Path) -> None:
    built = []

    def build(folder: Path) -> None:
        built.append(folder)
        write_entry(folder)

    first = open_or_build("x", "f" * 8, build, tmp_path)
    assert open_or_build("x", "f" * 8, build, tmp_path) == first == entry_folder("f" * 8, tmp_path)
    assert len(built) == 1
    assert is_whole(first, thorough=True)


def flip_a_byte(path: Path) -> None:
    path.write_bytes(b"F" + path.read_bytes()[1:])


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: flip_a_byte(folder / "one.bin"),
        lambda folder: (folder / "one.bin").write_bytes(b"half"),
        lambda folder: (folder / "one.bin").unlink(),
        lambda folder: (folder / "entry.json").unlink(),
        lambda folder: (folder / "entry.json").write_text("{"),
        lambda folder: (folder / "entry.json").write_text("[]"),
    ],
    ids=["flipped", "cut", "gone", "unfinished", "not json", "not a record"],
)
def test_a_damaged_entry_is_built_anew(tmp_path: Path, damage: object) -> None:
    folder = open_or_build("x", "f" * 8, write_entry, tmp_path)
    assert callable(damage)
    damage(folder)
    assert not is_whole(folder)
    assert is_whole(open_or_build("x", "f" * 8, write_entry, tmp_path))
    assert (folder / "one.bin").read_bytes() == b"first" * 100


def test_damage_that_keeps_the_time_is_found_by_a_thorough_look(tmp_path: Path) -> None:
    folder = open_or_build("x", "f" * 8, write_entry, tmp_path)
    before = (folder / "one.bin").stat()
    flip_a_byte(folder / "one.bin")
    os.utime(folder / "one.bin", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not is_whole(folder, thorough=True)


def test_a_touched_entry_is_still_whole(tmp_path: Path) -> None:
    folder = open_or_build("x", "f" * 8, write_entry, tmp_path)
    os.utime(folder / "one.bin", ns=(1, 1))
    assert is_whole(folder)


def test_a_killed_export_leaves_nothing_to_trip_over(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from index.encoders.cache import open_or_build\n"
        "def build(folder):\n"
        "    (folder / 'one.bin').write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "open_or_build('x', 'f' * 8, build, Path(sys.argv[1]))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert killed.returncode == -9
    folder = entry_folder("f" * 8, tmp_path)
    assert not folder.exists()
    assert open_or_build("x", "f" * 8, write_entry, tmp_path) == folder
    assert [one.name for one in folder.parent.iterdir() if one.is_dir()] == [folder.name]


def test_a_failed_export_leaves_no_entry(tmp_path: Path) -> None:
    def build(folder: Path) -> None:
        write_entry(folder)
        raise EncoderUnavailable("x", "its weights are gone", "get them")

    with pytest.raises(EncoderUnavailable, match="gone"):
        open_or_build("x", "f" * 8, build, tmp_path)
    assert not entry_folder("f" * 8, tmp_path).exists()


def test_a_cache_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(EncoderUnavailable, match=CACHE_VARIABLE):
        open_or_build("x", "f" * 8, write_entry, tmp_path / "file")
    remember("key", "value", tmp_path / "file")
    assert recall("key", tmp_path / "file") is None


def test_what_is_remembered_is_recalled(tmp_path: Path) -> None:
    assert recall("key", tmp_path) is None
    remember("key", "value", tmp_path)
    remember("key", "other", tmp_path)
    assert recall("key", tmp_path) == "other"


def test_the_cache_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    assert cache_folder() == tmp_path
    assert cache_folder(tmp_path / "given") == tmp_path / "given"
    monkeypatch.delenv(CACHE_VARIABLE)
    assert "artwork-assistant" in str(cache_folder())


@given(
    height=st.integers(1, 300),
    width=st.integers(1, 300),
    mode=st.sampled_from(["shortest", "longest", "squash"]),
)
def test_any_shape_becomes_the_models_input(height: int, width: int, mode: str) -> None:
    wanted = Preprocessing.from_record(
        PREPROCESSING.as_record() | {"size": [32, 32], "resize_to": [36, 36], "mode": mode}
    )
    made = wanted.apply(np.full((height, width, 3), (10, 100, 200), np.uint8))
    assert made.shape == (32, 32, 3)
    assert made.dtype == np.uint8
    painted = (made == (10, 100, 200)).all(axis=2)
    assert painted.any() if mode == "longest" else painted.all()


def test_only_the_window_is_resized() -> None:
    column = np.zeros((1, 60_000, 3), np.uint8)
    assert PREPROCESSING.apply(column).shape == (260, 260, 3)


def test_but_for_the_crop_preprocessing_is_what_the_weights_were_trained_with() -> None:
    from index.encoders.export import import_repaired

    timm = import_repaired("timm")
    import_repaired("timm.data")
    model = timm.create_model("tf_efficientnet_lite2")
    trained = timm.data.resolve_data_config({}, model=model)
    transform = timm.data.create_transform(**trained | {"crop_mode": "squash", "crop_pct": 1.0})
    picture = data.chelsea()
    wanted = transform(Image.fromarray(picture)).numpy().transpose(1, 2, 0)
    given = PREPROCESSING.apply(picture) / 127.5 - 1
    assert np.abs(wanted - given).max() <= 1.01 / 127.5
    assert np.abs(wanted - given).mean() < 1e-4
