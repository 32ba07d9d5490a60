"""Real diffusers pipelines on tiny seeded networks, saved as a user's own model folder is."""

from __future__ import annotations

import gzip
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from index.encoders.export import import_repaired

HIDDEN = 32


def save_stable_diffusion(folder: Path, *, unsafe: bool = False, safetensors: bool = True) -> Path:
    """Stable Diffusion with its safety checker; `unsafe` makes it flag every picture."""
    diffusers, transformers, torch = _packages()
    torch.manual_seed(0)
    checker = import_repaired(
        "diffusers.pipelines.stable_diffusion.safety_checker"
    ).StableDiffusionSafetyChecker(
        transformers.CLIPConfig(
            text_config=_text_sizes(), vision_config=_vision_sizes(), projection_dim=HIDDEN
        )
    )
    for name in ("concept_embeds_weights", "special_care_embeds_weights"):
        getattr(checker, name).data.fill_(-2.0 if unsafe else 2.0)
    pipeline = diffusers.StableDiffusionPipeline(
        vae=_vae(diffusers),
        text_encoder=transformers.CLIPTextModel(transformers.CLIPTextConfig(**_text_sizes())),
        tokenizer=_tokenizer(folder),
        unet=_unet(diffusers, HIDDEN),
        scheduler=_scheduler(diffusers),
        safety_checker=checker,
        feature_extractor=transformers.CLIPImageProcessor(size=32, crop_size=32),
    )
    pipeline.save_pretrained(folder, safe_serialization=safetensors)
    return folder


def save_stable_diffusion_xl(folder: Path) -> Path:
    """SDXL: two text encoders and size conditioning."""
    diffusers, transformers, torch = _packages()
    torch.manual_seed(1)
    pipeline = diffusers.StableDiffusionXLPipeline(
        vae=_vae(diffusers),
        text_encoder=transformers.CLIPTextModel(transformers.CLIPTextConfig(**_text_sizes())),
        text_encoder_2=transformers.CLIPTextModelWithProjection(
            transformers.CLIPTextConfig(**_text_sizes())
        ),
        tokenizer=_tokenizer(folder),
        tokenizer_2=_tokenizer(folder),
        unet=_unet(
            diffusers,
            2 * HIDDEN,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + HIDDEN,
        ),
        scheduler=_scheduler(diffusers),
    )
    pipeline.save_pretrained(folder)
    return folder


def save_controlnet(folder: Path, model: Path) -> Path:
    """A ControlNet for the UNet of a saved model."""
    diffusers, _, torch = _packages()
    torch.manual_seed(2)
    unet = diffusers.UNet2DConditionModel.from_pretrained(model, subfolder="unet")
    net = diffusers.ControlNetModel.from_unet(
        unet, conditioning_embedding_out_channels=(8, 16), load_weights_from_unet=True
    )
    torch.nn.init.normal_(net.controlnet_mid_block.weight)
    net.save_pretrained(folder)
    return folder


def save_ip_adapter(folder: Path, model: Path) -> Path:
    """An IP-Adapter for the UNet of a saved model, its image encoder beside it."""
    diffusers, transformers, torch = _packages()
    torch.manual_seed(3)
    unet = diffusers.UNet2DConditionModel.from_pretrained(model, subfolder="unet")
    weights = {
        "image_proj.proj.weight": torch.randn(4 * HIDDEN, HIDDEN),
        "image_proj.proj.bias": torch.zeros(4 * HIDDEN),
        "image_proj.norm.weight": torch.ones(HIDDEN),
        "image_proj.norm.bias": torch.zeros(HIDDEN),
    }
    crossing = [name for name in unet.attn_processors if "attn2" in name]
    for place, name in enumerate(crossing):
        width = unet.get_submodule(name.removesuffix(".processor")).to_q.weight.shape[0]
        for part in ("to_k_ip", "to_v_ip"):
            weights[f"ip_adapter.{2 * place + 1}.{part}.weight"] = torch.randn(width, HIDDEN)
    folder.mkdir()
    import_repaired("safetensors.torch").save_file(weights, folder / "ip_adapter.safetensors")
    transformers.CLIPVisionModelWithProjection(
        transformers.CLIPVisionConfig(**_vision_sizes())
    ).save_pretrained(folder / "image_encoder")
    return folder


def _packages() -> tuple[Any, Any, Any]:
    torch = import_repaired("torch")
    return import_repaired("diffusers"), import_repaired("transformers"), torch


def _text_sizes() -> dict[str, Any]:
    return {
        "vocab_size": 49_408, "hidden_size": HIDDEN, "intermediate_size": 37,
        "projection_dim": HIDDEN, "num_attention_heads": 4, "num_hidden_layers": 2,
        "bos_token_id": 49_406, "eos_token_id": 49_407, "pad_token_id": 49_407,
    }  # fmt: skip


def _vision_sizes() -> dict[str, Any]:
    return {
        "hidden_size": HIDDEN, "intermediate_size": 37, "num_attention_heads": 4,
        "num_hidden_layers": 2, "image_size": 32, "patch_size": 8, "projection_dim": HIDDEN,
    }  # fmt: skip


def _unet(diffusers: Any, cross: int, **more: Any) -> Any:
    return diffusers.UNet2DConditionModel(
        block_out_channels=(32, 64), layers_per_block=1, sample_size=32, in_channels=4,
        out_channels=4, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=cross,
        attention_head_dim=8, norm_num_groups=8, **more,
    )  # fmt: skip


def _vae(diffusers: Any) -> Any:
    return diffusers.AutoencoderKL(
        block_out_channels=(32, 64), in_channels=3, out_channels=3, latent_channels=4,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        norm_num_groups=8, sample_size=64,
    )  # fmt: skip


def _scheduler(diffusers: Any) -> Any:
    return diffusers.DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False,
        set_alpha_to_one=False, steps_offset=1,
    )  # fmt: skip


def _tokenizer(folder: Path) -> Any:
    """CLIP's tokenizer from the vocabulary that open_clip carries."""
    transformers = import_repaired("transformers")
    found = find_spec("open_clip")
    assert found is not None
    assert found.origin is not None
    with gzip.open(Path(found.origin).with_name("bpe_simple_vocab_16e6.txt.gz"), "rt") as file:
        merges = file.read().split("\n")[1 : 49_152 - 256 - 2 + 1]
    bytes_to_unicode = import_repaired("open_clip.tokenizer").bytes_to_unicode
    letters = list(bytes_to_unicode().values())
    names = [*letters, *(f"{letter}</w>" for letter in letters)]
    names += ["".join(merge.split()) for merge in merges]
    names += ["<|startoftext|>", "<|endoftext|>"]
    own = folder / "words"
    own.mkdir(parents=True, exist_ok=True)
    (own / "vocab.json").write_text(json.dumps({name: place for place, name in enumerate(names)}))
    (own / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    return transformers.CLIPTokenizer.from_pretrained(str(own), model_max_length=77)
