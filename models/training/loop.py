"""The loop of every stage: optimiser, schedule, progress, checkpoints, exact resume."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import torch
from torch import Tensor, nn

from .checkpoint import load_checkpoint, save_checkpoint
from .config import StageConfig
from .context import Context
from .progress import Progress

Step = Callable[[np.random.Generator], dict[str, Tensor]]


@dataclass(frozen=True)
class Trained:
    """What the loop says of a finished stage."""

    steps: int
    seconds: float
    losses: list[tuple[int, float]]  # (step, mean since the last)


def train_steps(ctx: Context, name: str, stage: StageConfig, parts: dict[str, tuple[nn.Module, float]], step: Step) -> Trained:
    """Runs `stage.steps` of `step`, which returns named losses that are summed; `parts` are modules and shares of the lr.

    The random numbers of a step follow from (seed, name, step) alone, and the checkpoint holds modules, optimiser and
    step: a run that was killed goes on as if it had not been.
    """
    path = ctx.checkpoint(name)
    saved = load_checkpoint(path)
    if saved is not None and saved["config"] != ctx.config.as_dict():
        raise ValueError(f"{path} is of another recipe: take another run folder, or delete it")
    optimizer = build_optimizer(stage, parts)
    state = {"step": 0, "seconds": 0.0, "losses": [], "recent": [], "done": False}
    if saved is not None:
        state = {key: saved[key] for key in state}
        for part, (module, _) in parts.items():
            module.load_state_dict(saved["models"][part])
        if state["done"]:
            return Trained(state["step"], state["seconds"], state["losses"])
        optimizer.load_state_dict(saved["optimizer"])
    progress = Progress(name, stage.steps, stage.log_every, state["step"])
    while state["step"] < stage.steps:
        began = time.monotonic()
        state["recent"].append(one_step(ctx, name, stage, parts, optimizer, step, state["step"]))
        state["seconds"] += time.monotonic() - began
        state["step"] += 1
        if state["step"] % stage.log_every == 0 or state["step"] == stage.steps:
            state["losses"].append((state["step"], float(np.mean(state["recent"]))))
            progress.at(state["step"], loss=state["losses"][-1][1])
            state["recent"] = []
        state["done"] = state["step"] == stage.steps
        if state["done"] or state["step"] % stage.checkpoint_every == 0:
            models = {part: module.state_dict() for part, (module, _) in parts.items()}
            kept = {} if state["done"] else {"optimizer": optimizer.state_dict()}
            save_checkpoint(path, {**state, **kept, "models": models, "config": ctx.config.as_dict()})
    for module, _ in parts.values():
        module.eval()
    return Trained(state["step"], state["seconds"], state["losses"])


def one_step(
    ctx: Context, name: str, stage: StageConfig, parts: dict[str, tuple[nn.Module, float]],
    optimizer: torch.optim.Optimizer, step: Step, number: int,
) -> float:
    """Forward, backward, clip, update; the summed loss."""
    torch.manual_seed(crc32(f"{ctx.config.seed}/{name}/{number}".encode()))
    random = np.random.default_rng([ctx.config.seed, crc32(name.encode()), number])
    for group in optimizer.param_groups:
        group["lr"] = stage.lr * group["share"] * schedule(number, stage)
    for module, _ in parts.values():
        module.train()
    with torch.autocast(ctx.device.type, torch.bfloat16, enabled=fast_bfloat16(ctx.device)):
        losses = step(random)
    total = torch.stack(list(losses.values())).sum()
    optimizer.zero_grad(set_to_none=True)
    total.backward()
    nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], stage.clip)
    optimizer.step()
    value = float(total.detach())
    if not math.isfinite(value):
        raise ValueError(f"{name}: the loss of step {number} is {value}")
    return value


def fast_bfloat16(device: torch.device) -> bool:
    """Whether half-precision products save time here: a third of it on CPUs that have them, and more on GPUs.

    Weights, sums and the optimiser stay in float32 either way; on other CPUs bfloat16 would be slower.
    """
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    return bool(torch.cpu.get_capabilities().get("avx512_bf16") or torch.cpu.get_capabilities().get("amx_bf16"))


def build_optimizer(stage: StageConfig, parts: dict[str, tuple[nn.Module, float]]) -> torch.optim.Optimizer:
    """AdamW, betas .9/.98; vectors (biases, norms, positions) are not decayed."""
    groups = []
    for module, share in parts.values():
        for decayed in (True, False):
            chosen = [p for p in module.parameters() if p.requires_grad and (p.ndim > 1) == decayed]
            groups.append({"params": chosen, "share": share, "weight_decay": stage.weight_decay if decayed else 0.0})
    return torch.optim.AdamW(groups, lr=stage.lr, betas=(0.9, 0.98))


def schedule(step: int, stage: StageConfig) -> float:
    """Share of the learning rate: a linear warm-up, then a cosine to zero."""
    warm = max(1, round(stage.warmup * stage.steps))
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, stage.steps - warm)))
