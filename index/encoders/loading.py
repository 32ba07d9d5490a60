"""From a spec, or from what an index remembers of its encoder, to a running encoder."""

from __future__ import annotations

from pathlib import Path

from index.encoders import cache as store
from index.encoders.clip import PREFIX, OpenClipEncoder
from index.encoders.protocol import Encoder, Precision, split_precision
from index.encoders.starter import ID as STARTER
from index.encoders.starter import StarterEncoder, starter_fingerprint
from index.errors import EncoderUnavailable, InputError
from index.io.nearest_name import nearest_name


def load_encoder(
    spec: str = STARTER,
    *,
    weights: Path | None = None,
    cache: Path | None = None,
    threads: int | None = None,
) -> Encoder:
    """Load an encoder, exporting it first where the cache does not hold it.

    Args:
        spec: `starter`, `open_clip:MODEL/PRETRAINED`, or `open_clip:MODEL` with `weights`; each
            may end in `@int8` or `@fp32`, see `protocol`.
        weights: a file of weights for `open_clip:MODEL`; safetensors, or a torch file that holds
            nothing but tensors.
        cache: folder of exported models; None for $ASSISTANT_CACHE or the user's cache folder.
        threads: processors to use; None for all that the process may use.

    Raises:
        InputError: the spec names nothing there is, or the weights do not fit it.
        EncoderUnavailable: weights or packages are not available.
    """
    model, precision = split_precision(spec)
    if model.startswith(PREFIX):
        return _load_clip(model, precision, weights, cache, threads)
    if model != STARTER:
        near = nearest_name(model, [STARTER])
        hint = f"did you mean {near!r}?" if near else f"use {STARTER} or {PREFIX}MODEL/PRETRAINED"
        raise InputError(f"there is no encoder {spec!r}", hint=hint)
    if weights is not None:
        raise InputError(
            f"{STARTER} brings its own weights", hint=f"use --weights with {PREFIX}MODEL"
        )
    folder = store.open_or_build(
        STARTER,
        starter_fingerprint(precision),
        lambda folder: _export_starter(folder, precision),
        cache,
    )
    return StarterEncoder(folder, threads, precision)


def load_cached(
    encoder_id: str,
    fingerprint: str,
    *,
    cache: Path | None = None,
    threads: int | None = None,
) -> Encoder:
    """Load the very encoder an index was made with; a file of weights is not needed again.

    Raises:
        EncoderUnavailable: the exported model is no longer in the cache and cannot be made again,
            or what would be made now gives other vectors.
    """
    folder = store.entry_folder(fingerprint, cache)
    if encoder_id.startswith(PREFIX):
        if store.is_whole(folder):
            return OpenClipEncoder(folder, encoder_id, threads)
        if "/" not in encoder_id:
            raise EncoderUnavailable(
                encoder_id,
                f"its exported model is missing from {folder.parent} or damaged",
                f"index once more with --encoder {encoder_id} --weights FILE",
            )
    encoder = load_encoder(encoder_id, cache=cache, threads=threads)
    if encoder.fingerprint != fingerprint:
        raise EncoderUnavailable(
            encoder_id,
            "its weights or its preprocessing have changed since the index was made",
            f"index once more with --encoder {encoder_id}",
        )
    return encoder


def _export_starter(folder: Path, precision: Precision) -> None:
    from index.encoders.starter_export import export_starter

    export_starter(folder, precision)


def _load_clip(
    model: str,
    precision: Precision,
    weights: Path | None,
    cache: Path | None,
    threads: int | None,
) -> OpenClipEncoder:
    from index.encoders.clip_weights import ClipSpec

    spec = ClipSpec.parse(model, weights, precision)
    key = spec.key
    fingerprint = store.recall(key, cache)
    if fingerprint is None or not store.is_whole(store.entry_folder(fingerprint, cache)):
        from index.encoders.clip_export import export_clip, fingerprint_clip

        fingerprint = fingerprint_clip(spec)
        store.open_or_build(spec.id, fingerprint, lambda folder: export_clip(spec, folder), cache)
        store.remember(key, fingerprint, cache)
    return OpenClipEncoder(store.entry_folder(fingerprint, cache), spec.id, threads)
