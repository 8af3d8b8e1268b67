"""Measures training and prediction of DanQ and DeepSEA in plain PyTorch.

PyTorch's LSTM has two bias vectors per direction and Keras' has one, so DanQ has 2 x 4 x 320 more
parameters here. Windows are (n, 4, L), as PyTorch's convolutions need.
"""

from __future__ import annotations

import os
import time

import numpy as np
import torch
from torch import nn

SECOND_BIAS = {"DanQ": 2 * 4 * 320, "DeepSEA": 0}


class DanQ(nn.Module):
    def __init__(self, length: int, n_targets: int):
        super().__init__()
        self.convolution = nn.Conv1d(4, 320, 26)
        self.pool = nn.MaxPool1d(13)
        self.dropout = nn.Dropout(0.2)
        self.lstm = nn.LSTM(320, 320, bidirectional=True, batch_first=True)
        self.lstm_dropout = nn.Dropout(0.5)
        self.dense = nn.Linear((length - 25) // 13 * 640, 925)
        self.probabilities = nn.Linear(925, n_targets)

    def forward(self, window: torch.Tensor) -> torch.Tensor:
        x = self.dropout(self.pool(torch.relu(self.convolution(window))))
        x, _ = self.lstm(x.transpose(1, 2))
        x = torch.relu(self.dense(self.lstm_dropout(x).flatten(1)))
        return torch.sigmoid(self.probabilities(x))


class DeepSEA(nn.Module):
    def __init__(self, length: int, n_targets: int):
        super().__init__()
        self.convolutions = nn.Sequential(
            *(nn.Conv1d(4, 320, 8), nn.ReLU(), nn.MaxPool1d(4), nn.Dropout(0.2)),
            *(nn.Conv1d(320, 480, 8), nn.ReLU(), nn.MaxPool1d(4), nn.Dropout(0.2)),
            *(nn.Conv1d(480, 960, 8), nn.ReLU(), nn.Dropout(0.5)),
        )
        places = ((length - 7) // 4 - 7) // 4 - 7
        self.dense = nn.Linear(960 * places, 925)
        self.probabilities = nn.Linear(925, n_targets)

    def forward(self, window: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.dense(self.convolutions(window).flatten(1)))
        return torch.sigmoid(self.probabilities(x))


def measure(architecture: str, x: np.ndarray, y: np.ndarray, batch: int, warm_up: int, rate: float) -> dict:
    """Windows per second in training and prediction, after `warm_up` batches each, and the number of parameters.

    x, y : float32 windows (n, L, 4) and labels (n, T); each batch is used once in training
    rate : learning rate of Adam
    """
    torch.set_num_threads(os.cpu_count())
    torch.set_float32_matmul_precision("high")  # TF32 if the GPU supports it, as in TensorFlow by default
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    x, y = torch.from_numpy(np.ascontiguousarray(x.transpose(0, 2, 1))), torch.from_numpy(y)
    model = {"DanQ": DanQ, "DeepSEA": DeepSEA}[architecture](x.shape[2], y.shape[1]).to(device)
    return {
        "train": _train(model, x, y, batch, warm_up, rate, device),
        "predict": _predict(model, x, batch, warm_up, device),
        "parameters": sum(p.numel() for p in model.parameters()),
    }


def _train(model, x, y, batch: int, warm_up: int, rate: float, device) -> float:
    optimizer, loss_function = torch.optim.Adam(model.parameters(), rate), nn.BCELoss()
    model.train()
    order = torch.randperm(len(x))
    for step, begin in enumerate(range(0, len(x), batch)):
        if step == warm_up:
            _wait(device)
            clock = time.perf_counter()
        index = order[begin : begin + batch]
        windows, labels = x[index].to(device), y[index].to(device)
        optimizer.zero_grad()
        loss = loss_function(model(windows), labels)
        loss.backward()
        optimizer.step()
    _wait(device)
    return (len(x) - warm_up * batch) / (time.perf_counter() - clock)


def _predict(model, x, batch: int, warm_up: int, device) -> float:
    model.eval()
    results = []
    with torch.inference_mode():
        for step, begin in enumerate(range(0, len(x), batch)):
            if step == warm_up:
                _wait(device)
                clock = time.perf_counter()
            results.append(model(x[begin : begin + batch].to(device)).cpu())
        torch.cat(results).numpy()
    return (len(x) - warm_up * batch) / (time.perf_counter() - clock)


def _wait(device) -> None:
    """Wait until the GPU has finished."""
    if device.type == "cuda":
        torch.cuda.synchronize()
