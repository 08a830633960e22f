#!/usr/bin/env python3
"""PyTorch as a peer of `./dragoman bench corpus` and `./dragoman bench peer-steps`, in a process of its own.

The network is that of Shazeer et al. 2017, appendix E, as Dragoman has it, with random weights: LSTM layers with a projection (three in the
encoder, the lowest reading both ways in halves; two in the decoder, the first of which attends from its last output), a residual connection
over each, and a mixture of experts above the encoder's second and the decoder's first.

Started with the path of a JSON file: {"form": F, "vocabulary": V, "experts": E, "sentences": [[ID, ...], ...], "beam": W, "threads": K}, W 0 where
only steps are wanted, F one of

    eager           operation by operation, float32
    compiled        torch.compile with frozen weights, float32; the experts' products, whose sizes no compiler knows before, one by one
    scripted        TorchScript, frozen, float32: a step is one call
    eager-int8      operation by operation, linear layers dynamically quantised (8-bit weights, activations with one scale for a product)
    scripted-int8   the same as TorchScript: products by FBGEMM
    scripted-int8-onednn   the same, products by oneDNN, which knows AMX

Answers a line that says what it is. Then for every line "n" on standard input it translates the sentences n times, each into as many pieces as it
has, and for every line "n ROWS" it takes n decoder steps of so many rows; both are answered with "CPU-SECONDS WALL-SECONDS".

Sentences are translated in batches of like length of ROWS hypotheses. Nothing is computed for padding: batches are packed, the longest sentence
first, as torch.nn.utils.rnn does it, and the decoder goes on with those that are not at their end. Only attention's memory is padded, and masked.
"""

import json
import sys
import time
from typing import List, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WIDTH, CELLS, HIDDEN, PER_ROW = 512, 2048, 2048, 4
CANDIDATES = 5  # of a step by itself, as a beam of four asks for
ROWS = 256  # at a time: as many hypotheses as make PyTorch fast, and no more, since longer and shorter sentences would come together
FORMS = ("eager", "compiled", "scripted", "eager-int8", "scripted-int8", "scripted-int8-onednn")


def cell(gates: Tensor, c: Tensor) -> Tuple[Tensor, Tensor]:
    """From what input and state make of the four gates [N, 4C] to what is projected, and the new cells [N, C]."""
    i, f, g, o = gates.chunk(4, 1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


class Recurrence(nn.Module):
    """A step of an LSTM layer over whole sources, of which the products of the inputs are there already."""

    def __init__(self, cells: int, outputs: int):
        super().__init__()
        self.state = nn.Linear(outputs, 4 * cells, bias=False)
        self.projection = nn.Linear(cells, outputs, bias=False)

    def forward(self, given: Tensor, y: Tensor, c: Tensor) -> Tuple[Tensor, Tensor]:
        out, c = cell(given + self.state(y), c)
        return self.projection(out), c


class Sequence(nn.Module):
    """An LSTM layer over whole sources, one way. The products of the inputs are taken of all positions at once."""

    def __init__(self, inputs: int, cells: int, outputs: int, backwards: bool):
        super().__init__()
        self.inputs = nn.Linear(inputs, 4 * cells)
        self.recurrence = Recurrence(cells, outputs)
        self.cells = cells
        self.outputs = outputs
        self.backwards = backwards

    def forward(self, x: Tensor, sizes: List[int]) -> Tensor:
        """Packed positions [P, I] to [P, O]: first those of all sentences' first pieces, then of their second, of which there are fewer."""
        given = self.inputs(x)
        begins: List[int] = []
        end = 0
        for size in sizes:
            begins.append(end)
            end += size
        rows = sizes[-1] if self.backwards else sizes[0]
        y = torch.zeros(rows, self.outputs)
        c = torch.zeros(rows, self.cells)
        parts: List[Tensor] = []
        for step in range(len(sizes)):
            at = len(sizes) - 1 - step if self.backwards else step
            size = sizes[at]
            if size < y.size(0):
                # The shortest are at their end.
                y, c = y[:size], c[:size]
            elif size > y.size(0):
                more = size - y.size(0)
                y = torch.cat([y, torch.zeros(more, self.outputs)])
                c = torch.cat([c, torch.zeros(more, self.cells)])
            y, c = self.recurrence(given[begins[at] : begins[at] + size], y, c)
            parts.append(y)
        if self.backwards:
            parts = parts[::-1]
        return torch.cat(parts)


class Step(nn.Module):
    """An LSTM layer of the decoder: one product of input and state beside each other."""

    def __init__(self, inputs: int):
        super().__init__()
        self.gates = nn.Linear(inputs + WIDTH, 4 * CELLS)
        self.projection = nn.Linear(CELLS, WIDTH, bias=False)

    def forward(self, x: Tensor, y: Tensor, c: Tensor) -> Tuple[Tensor, Tensor]:
        out, c = cell(self.gates(torch.cat([x, y], 1)), c)
        return self.projection(out), c


class Mixture(nn.Module):
    """Top-k mixture of experts: rows are sorted by expert, and each expert that was chosen computes its own in one product."""

    def __init__(self, experts: int):
        super().__init__()
        self.gate = nn.Parameter(torch.randn(WIDTH, experts) / WIDTH**0.5)
        self.hidden = nn.ModuleList([nn.Linear(WIDTH, HIDDEN, bias=False) for _ in range(experts)])
        self.output = nn.ModuleList([nn.Linear(HIDDEN, WIDTH, bias=False) for _ in range(experts)])
        self.experts = experts
        # TorchScript knows no constants of the file.
        self.per_row = PER_ROW

    def choose(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        top, chosen = torch.topk(x @ self.gate, self.per_row, 1)
        chosen = chosen.reshape(-1)
        order = torch.argsort(chosen)
        weights = F.softmax(top, 1).reshape(-1)[order]
        return torch.bincount(chosen, minlength=self.experts), order, weights

    def compute(self, x: Tensor, numbers: Tensor, order: Tensor, weights: Tensor) -> Tensor:
        rows = torch.div(order, self.per_row, rounding_mode="floor")
        given = x[rows]
        counts: List[int] = numbers.tolist()
        parts: List[Tensor] = []
        begin = 0
        for e, (hidden, output) in enumerate(zip(self.hidden, self.output)):
            count = counts[e]
            if count > 0:
                parts.append(output(F.relu(hidden(given[begin : begin + count]))))
            begin += count
        return torch.zeros_like(x).index_add(0, rows, torch.cat(parts) * weights.unsqueeze(1))

    def forward(self, x: Tensor) -> Tensor:
        numbers, order, weights = self.choose(x)
        return x + self.compute(x, numbers, order, weights)


class Encoder(nn.Module):
    def __init__(self, vocabulary: int, experts: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, WIDTH)
        self.ahead = Sequence(WIDTH, CELLS // 2, WIDTH // 2, False)
        self.back = Sequence(WIDTH, CELLS // 2, WIDTH // 2, True)
        self.second = Sequence(WIDTH, CELLS, WIDTH, False)
        self.third = Sequence(WIDTH, CELLS, WIDTH, False)
        self.mixture = Mixture(experts)
        self.keys = nn.Linear(WIDTH, WIDTH, bias=False)

    def forward(self, sources: Tensor, sizes: List[int]) -> Tuple[Tensor, Tensor, Tensor]:
        """Packed sources [P] to memory [B, S, D], the attention's keys [B, A, S], and what to add to its scores [B, 1, S]."""
        x = self.embedding(sources)
        x = torch.cat([self.ahead(x, sizes), self.back(x, sizes)], 1) + x
        x = self.second(x, sizes) + x
        x = self.mixture(x)
        x = self.third(x, sizes) + x
        number = sizes[0]
        memory = torch.zeros(len(sizes), number, x.size(1))
        mask = torch.full((len(sizes), number), float("-inf"))
        begin = 0
        for step, size in enumerate(sizes):
            memory[step, :size] = x[begin : begin + size]
            mask[step, :size] = 0.0
            begin += size
        memory = memory.transpose(0, 1).contiguous()
        keys = torch.tanh(self.keys(memory)).transpose(1, 2).contiguous()
        return memory, keys, mask.t().unsqueeze(1).contiguous()


class Decoder(nn.Module):
    def __init__(self, vocabulary: int, experts: int, candidates: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, WIDTH)
        self.query = nn.Linear(WIDTH, WIDTH, bias=False)
        self.score = nn.Parameter(torch.ones(WIDTH))
        self.first = Step(2 * WIDTH)
        self.mixture = Mixture(experts)
        self.second = Step(WIDTH)
        self.softmax = nn.Linear(WIDTH, vocabulary)
        self.candidates = candidates

    def forward(
        self, ids: Tensor, memory: Tensor, keys: Tensor, mask: Tensor, y1: Tensor, c1: Tensor, y2: Tensor, c2: Tensor
    ) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        """One step of N rows, N / B for each of B sources: the best log-probabilities and their ids [N, K], and the new state."""
        query = (torch.tanh(self.query(y1)) * self.score).view(memory.size(0), -1, memory.size(2))
        context = (F.softmax(query @ keys + mask, 2) @ memory).flatten(0, 1)
        x = self.embedding(ids)
        y1, c1 = self.first(torch.cat([x, context], 1), y1, c1)
        x = self.mixture(y1 + x)
        y2, c2 = self.second(x, y2, c2)
        top, best = torch.topk(F.log_softmax(self.softmax(y2 + x), 1), self.candidates, 1)
        return top, best, y1, c1, y2, c2


def formed(form: str, module: nn.Module, dynamic: bool):
    """The module as the form has it computed; where it is compiled, once for all numbers of rows (dynamic) or for each of them."""
    if "int8" in form:
        torch.backends.quantized.engine = "onednn" if form.endswith("onednn") else "fbgemm"
        module = torch.ao.quantization.quantize_dynamic(module, {nn.Linear}, dtype=torch.qint8)
    if form.startswith("scripted"):
        return torch.jit.freeze(torch.jit.script(module))
    if form == "compiled":
        from torch._inductor import config

        config.freezing = True
        # Of one function, for all layers and all numbers of rows; beyond it what is left would be computed operation by operation.
        torch._dynamo.config.recompile_limit = 64
        module.mixture.compute = torch.compiler.disable(module.mixture.compute)
        if isinstance(module, Decoder):
            return torch.compile(module, dynamic=dynamic)
        # Of the encoder the steps: to compile all of them in one piece, as a loop that is unrolled, takes minutes.
        for sequence in (module.ahead, module.back, module.second, module.third):
            sequence.recurrence = torch.compile(sequence.recurrence, dynamic=dynamic)
    return module


class Peer:
    def __init__(self, job):
        self.job = job
        torch.manual_seed(1)
        beam = job["beam"]
        # Of sentences of many lengths there would be hundreds of numbers of rows.
        dynamic = len(set(map(len, job["sentences"]))) > 1
        self.encoder = formed(job["form"], Encoder(job["vocabulary"], job["experts"]).eval(), dynamic)
        self.decoder = formed(job["form"], Decoder(job["vocabulary"], job["experts"], beam or CANDIDATES).eval(), dynamic)
        self.batches = [packed(batch) for batch in cut(job["sentences"], max(1, ROWS // max(1, beam)))]
        self.steps = {}
        if beam:
            # What is compiled, packed and allocated once is done now.
            self.translate()

    @staticmethod
    def state(rows):
        return [torch.zeros(rows, n) for n in (WIDTH, CELLS, WIDTH, CELLS)]

    def translate(self):
        """Beam search; the ids of each sentence's best target, the longest first."""
        return [target for batch in self.batches for target in self.search(*batch)]

    def search(self, sources, sizes):
        """The same of a batch."""
        beam = self.job["beam"]
        encoded = self.encoder(sources, sizes)
        number = sizes[0]
        state = self.state(number)
        ids = torch.full((number,), 2)
        scores = torch.zeros(number, 1)
        # Of each step: of which row each row goes on, and with which piece.
        origins, chosen = [], []
        for size in sizes:
            if size < number:
                # The others are complete, and their rows are the last.
                rows = size * (len(ids) // number)
                encoded = [part[:size] for part in encoded]
                state = [part[:rows] for part in state]
                ids, scores, number = ids[:rows], scores[:size], size
            top, best, *state = self.decoder(ids, *encoded, *state)
            total = (scores.unsqueeze(2) + top.view(number, -1, beam)).view(number, -1)
            width = scores.size(1)
            scores, at = total.topk(beam, 1)
            first = torch.arange(number).unsqueeze(1)
            origin = (first * width + torch.div(at, beam, rounding_mode="floor")).reshape(-1)
            ids = best.view(number, -1).gather(1, at).reshape(-1)
            if beam > 1:
                state = [part.index_select(0, origin) for part in state]
            origins.append(origin)
            chosen.append(ids)
        # From the last piece to the first: sentences come in, the longest first, each with its best row.
        rows = torch.zeros(0, dtype=torch.long)
        pieces = []
        for size, origin, ids in zip(reversed(sizes), reversed(origins), reversed(chosen)):
            rows = torch.cat([rows, torch.arange(len(rows), size) * beam])
            pieces.append(ids[rows].tolist())
            rows = origin[rows]
        pieces = pieces[::-1]
        return [[step[i] for step in pieces if i < len(step)] for i in range(sizes[0])]

    def step(self, rows):
        """A decoder step, one row for each source; the first call of a number of rows makes what the later ones need."""
        if rows not in self.steps:
            encoded = self.encoder(*packed([self.job["sentences"][0]] * rows))
            self.steps[rows] = [torch.randint(4, self.job["vocabulary"], (rows,)), encoded, self.state(rows)]
        ids, encoded, state = self.steps[rows]
        _, best, *state = self.decoder(ids, *encoded, *state)
        # Any of the candidates, so that rows do not come to agree.
        ids = best.gather(1, torch.randint(CANDIDATES, (rows, 1))).squeeze(1)
        self.steps[rows][0], self.steps[rows][2] = ids, state


def cut(sentences, size):
    """Batches of like length, the longest first."""
    sentences = sorted(sentences, key=len, reverse=True)
    return [sentences[begin : begin + size] for begin in range(0, len(sentences), size)]


def packed(batch):
    """All first pieces of a batch, then all second ones and so on [P], and how many each time; the longest sentence is first."""
    sizes = [sum(len(ids) > step for ids in batch) for step in range(len(batch[0]))]
    return torch.tensor([ids[step] for step, size in enumerate(sizes) for ids in batch[:size]]), sizes


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    if job["form"] not in FORMS:
        sys.exit(f"form must be one of {', '.join(FORMS)}, but is {job['form']}")
    torch.set_num_threads(job["threads"])
    with torch.inference_mode():
        peer = Peer(job)
        print(f"PyTorch {torch.__version__}, {job['form']}", flush=True)
        for line in sys.stdin:
            order = [int(word) for word in line.split()]
            work = (lambda: peer.step(order[1])) if order[1:] else peer.translate
            cpu, wall = time.process_time(), time.perf_counter()
            for _ in range(order[0]):
                work()
            print(time.process_time() - cpu, time.perf_counter() - wall, flush=True)


if __name__ == "__main__":
    main()
