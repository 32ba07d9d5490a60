"""Throughput and memory of a Stable Diffusion 1.5 UNet with random weights, by type and batch.

Weights do not change what a step costs, so none are needed. Without a GPU this says so and stops;
`--tiny --device cpu` runs the same code on a small network, to see that it works.

    python benchmarks/diffusion.py
    python benchmarks/diffusion.py --tiny --device cpu --steps 2
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from assistant.mockups.diffusers_loading import import_diffusers
from index.encoders.export import import_repaired

FULL = {"block_out_channels": (320, 640, 1280, 1280), "cross_attention_dim": 768, "side": 64}
TINY = {"block_out_channels": (32, 64, 64, 64), "cross_attention_dim": 32, "side": 16}
TYPES = ("float16", "bfloat16")
BATCHES = (1, 4)
WARM_UP = 3


def main() -> None:
    """Print one line for each type and batch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--tiny", action="store_true", help="a small network, to try the code")
    parser.add_argument("--steps", type=int, default=50)
    asked = parser.parse_args()
    torch: Any = import_repaired("torch")
    if asked.device == "cuda" and not torch.cuda.is_available():
        sys.stdout.write("There is no GPU here: nothing was measured.\n")
        return
    name = torch.cuda.get_device_name(0) if asked.device == "cuda" else "CPU"
    kind = "tiny" if asked.tiny else "SD 1.5"
    sys.stdout.write(f"{name}, torch {torch.__version__}, {kind} UNet\n")
    for dtype in TYPES if asked.device == "cuda" else ("float32", "bfloat16"):
        unet = _unet(torch, TINY if asked.tiny else FULL).to(asked.device, getattr(torch, dtype))
        for batch in BATCHES:
            seconds, peak = _time(torch, unet, asked.device, batch, asked.steps)
            sys.stdout.write(
                f"{dtype}, batch {batch} with guidance: {1000 * seconds:.1f} ms a step, "
                f"{batch / (30 * seconds):.2f} pictures/s at 30 steps"
                + (f", {peak / 2**30:.1f} GiB peak\n" if peak else "\n")
            )


def _unet(torch: Any, sizes: dict[str, Any]) -> Any:
    diffusers = import_diffusers()
    torch.manual_seed(0)
    sizes = dict(sizes)
    return diffusers.UNet2DConditionModel(
        sample_size=sizes.pop("side"), attention_head_dim=8, layers_per_block=2, **sizes
    ).eval()


def _time(torch: Any, unet: Any, device: str, batch: int, steps: int) -> tuple[float, int]:
    """Seconds a step of `batch` pictures under classifier-free guidance, and peak bytes."""
    side, width = unet.config.sample_size, unet.config.cross_attention_dim
    kind = {"device": device, "dtype": unet.dtype}
    latents = torch.randn(2 * batch, 4, side, side, **kind)
    words = torch.randn(2 * batch, 77, width, **kind)
    cuda = device == "cuda"
    if cuda:
        torch.cuda.reset_peak_memory_stats()
    began = 0.0
    with torch.inference_mode():
        for step in range(WARM_UP + steps):
            if step == WARM_UP:
                if cuda:
                    torch.cuda.synchronize()
                began = time.perf_counter()
            unet(latents, 500, encoder_hidden_states=words)
        if cuda:
            torch.cuda.synchronize()
    seconds = (time.perf_counter() - began) / steps
    return seconds, torch.cuda.max_memory_allocated() if cuda else 0


if __name__ == "__main__":
    main()
