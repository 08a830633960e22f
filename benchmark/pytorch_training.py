#!/usr/bin/env python3
"""The peer of `./dragoman bench training`: the same network, loss and optimiser in eager PyTorch.

Reads a job (network, training, batches) from the JSON file that is its argument; then, for every number N on standard input, takes N
updates over the batches in turn and prints the seconds they took, of the processor and on the wall. Written as one writes PyTorch:
nn.LSTM for layers, one linear product per expert over its sorted rows, fused Adam.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Lstm(nn.Module):
    """One LSTM layer, its output projected where cells and outputs differ."""

    def __init__(self, inputs, cells, outputs):
        super().__init__()
        self.lstm = nn.LSTM(inputs, cells, proj_size=0 if outputs == cells else outputs)

    def forward(self, x):
        return self.lstm(x)[0]


class BothWays(nn.Module):
    """A forward and a backward layer of half the size each; the backward one reads each sentence from its own end."""

    def __init__(self, inputs, cells, outputs):
        super().__init__()
        self.ahead = Lstm(inputs, cells // 2, outputs // 2)
        self.back = Lstm(inputs, cells // 2, outputs // 2)

    def forward(self, x, mirror):
        mirrored = x.gather(0, mirror.unsqueeze(2).expand_as(x))
        back = self.back(mirrored)
        back = back.gather(0, mirror.unsqueeze(2).expand_as(back))
        return torch.cat([self.ahead(x), back], 2)


class Mixture(nn.Module):
    """Noisy top-k mixture of experts over the rows that are no padding, with both balance losses."""

    def __init__(self, c, width):
        super().__init__()
        self.c = c
        self.gate = nn.Parameter(torch.zeros(width, c["experts"]))
        self.noise = nn.Parameter(torch.zeros(width, c["experts"]))
        self.hidden = nn.ParameterList(torch.randn(c["hidden"], width) / width**0.5 for _ in range(c["experts"]))
        self.output = nn.ParameterList(torch.randn(width, c["hidden"]) / c["hidden"]**0.5 for _ in range(c["experts"]))

    def forward(self, x, rows):
        c, k = self.c, self.c["perRow"]
        flat = x.reshape(-1, x.size(2))
        real = flat[rows]
        with torch.autocast("cpu", enabled=False):
            wide = real.float()
            clean = wide @ self.gate
            scale = F.softplus(wide @ self.noise) + c["noiseFloor"]
            noisy = clean + torch.randn_like(clean) * scale
            top, chosen = noisy.topk(k + 1, 1)
            gates = F.softmax(top[:, :k], 1)
            importance = torch.zeros_like(clean).scatter(1, chosen[:, :k], gates).sum(0)
            above, at = top[:, k:], top[:, k - 1 : k]
            threshold = torch.where(noisy > above, above, at)
            load = torch.special.ndtr((clean - threshold) / scale).sum(0)
            balance = c["importanceWeight"] * cv_squared(importance) + c["loadWeight"] * cv_squared(load)
        expert = chosen[:, :k].reshape(-1)
        order = expert.argsort(stable=True)
        counts = torch.bincount(expert, minlength=c["experts"]).tolist()
        rows_of = order // k
        parts = []
        for e, part in enumerate(real[rows_of].split(counts)):
            if counts[e]:
                parts.append(F.linear(F.relu(F.linear(part, self.hidden[e])), self.output[e]))
        gated = torch.cat(parts) * gates.reshape(-1)[order].unsqueeze(1)
        y = torch.zeros_like(real, dtype=gated.dtype).index_add(0, rows_of, gated)
        if c["sigmoid"]:
            y = torch.sigmoid(y)
        return torch.zeros_like(flat, dtype=y.dtype).index_copy(0, rows, y).view_as(x), balance


def cv_squared(v):
    return v.var(unbiased=False) / (v.mean() ** 2 + 1e-10)


class Attention(nn.Module):
    """Factorised attention, equation 22 of Shazeer et al. 2017."""

    def __init__(self, width, size):
        super().__init__()
        self.source = nn.Linear(width, size, bias=False)
        self.query = nn.Linear(width, size, bias=False)
        self.score = nn.Parameter(torch.ones(size))

    def forward(self, queries, memory, mask):
        keys = torch.tanh(self.source(memory)).permute(1, 2, 0)
        scores = (torch.tanh(self.query(queries)) * self.score).transpose(0, 1) @ keys + mask.unsqueeze(1)
        return (F.softmax(scores, 2) @ memory.transpose(0, 1)).transpose(0, 1)


class Network(nn.Module):
    def __init__(self, c):
        super().__init__()
        if c["attention"]["form"] != "PARALLEL" or c["attention"]["score"] != "FACTORISED":
            sys.exit("the peer knows parallel, factorised attention only")
        if c["mixture"]["gating"]["kind"] != "NOISY_TOP_K" or c["mixture"]["gating"]["groups"]:
            sys.exit("the peer knows the noisy top-k gate of one level only")
        self.c = c
        width, cells = c["width"], c["lstmCells"]
        self.embedding = nn.Embedding(c["vocabularySize"], width)
        self.encoder = nn.ModuleList(
            BothWays(width, cells, width) if i == 0 and c["bidirectional"] else Lstm(width, cells, width)
            for i in range(c["encoderLayers"])
        )
        self.decoder = nn.ModuleList(Lstm(width, cells, width) for _ in range(c["decoderLayers"]))
        m = c["mixture"]
        self.encoder_mixtures = nn.ModuleDict({str(i): Mixture(m, width) for i in m["encoderAfter"]})
        self.decoder_mixtures = nn.ModuleDict({str(i): Mixture(m, width) for i in m["decoderAfter"]})
        self.attention = Attention(width, c["attention"]["size"])
        self.context = nn.Linear(width, width, bias=False)
        self.softmax = nn.Linear(width, c["vocabularySize"])
        if c["sharedSoftmax"]:
            self.softmax.weight = self.embedding.weight

    def drop(self, x):
        return F.dropout(x, self.c["dropout"]) if self.c["dropout"] else x

    def layer(self, i, y, below):
        y = self.drop(y)
        return y + below if i + 1 >= self.c["residualFrom"] else y

    def mixture(self, mixtures, i, x, rows, balances):
        if str(i + 1) not in mixtures:
            return x
        y, balance = mixtures[str(i + 1)](x, rows)
        balances.append(balance)
        return self.drop(y) + x

    def forward(self, batch, smoothing):
        balances = []
        x = self.drop(self.embedding(batch["source"]))
        for i, lstm in enumerate(self.encoder):
            y = lstm(x, batch["mirror"]) if isinstance(lstm, BothWays) else lstm(x)
            x = self.mixture(self.encoder_mixtures, i, self.layer(i, y, x), batch["source_rows"], balances)
        memory = x
        x = self.drop(self.embedding(batch["input"]))
        for i, lstm in enumerate(self.decoder):
            x = self.layer(i, lstm(x), x)
            if i == 0:
                x = x + self.context(self.attention(x, memory, batch["mask"]))
            x = self.mixture(self.decoder_mixtures, i, x, batch["target_rows"], balances)
        logits = self.softmax(x.reshape(-1, x.size(2))[batch["target_rows"]])
        return F.cross_entropy(logits.float(), batch["targets"], label_smoothing=smoothing) + sum(balances)


def tensors(b):
    rows, s, t = b["rows"], b["sourceWidth"], b["targetWidth"]
    source = torch.tensor(b["source"]).view(rows, s).T.contiguous()
    lengths = torch.tensor(b["sourceLengths"])
    at = torch.arange(s).unsqueeze(1)
    real = at < lengths.unsqueeze(0)
    target_real = torch.arange(t).unsqueeze(1) < torch.tensor(b["targetLengths"]).unsqueeze(0)
    output = torch.tensor(b["targetOutput"]).view(rows, t).T.reshape(-1)
    target_rows = target_real.reshape(-1).nonzero().squeeze(1)
    return {
        "source": source,
        "mirror": torch.where(real, lengths.unsqueeze(0) - 1 - at, at),
        "mask": torch.where(real, 0.0, float("-inf")).T.contiguous(),
        "source_rows": real.reshape(-1).nonzero().squeeze(1),
        "input": torch.tensor(b["targetInput"]).view(rows, t).T.contiguous(),
        "target_rows": target_rows,
        "targets": output[target_rows],
    }


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    torch.set_num_threads(job["threads"])
    torch.manual_seed(1)
    training = job["training"]
    network = Network(job["network"])
    adam = training["adam"]
    optimizer = torch.optim.Adam(
        network.parameters(),
        lr=training["learningRate"]["peak"],
        betas=(adam["beta1"], adam["beta2"]),
        eps=adam["epsilon"],
        fused=True,
    )
    batches = [tensors(b) for b in job["batches"]]
    narrow = training["precision"] == "BFLOAT16"
    done = 0
    print(f"torch {torch.__version__} {sum(p.numel() for p in network.parameters())}", flush=True)
    for line in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(int(line)):
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=narrow):
                loss = network(batches[done % len(batches)], training["labelSmoothing"])
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), training["clipNorm"])
            optimizer.step()
            done += 1
        print(f"{time.process_time() - cpu} {time.perf_counter() - wall} {loss.item()}", flush=True)


if __name__ == "__main__":
    main()
