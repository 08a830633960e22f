"""CTranslate2 as a peer of `./dragoman bench corpus`: a Transformer-base of random weights in 8 bits, in a process of its own.

Started with the path of a JSON file: {"vocabulary": V, "sentences": [[ID, ...], ...], "beam": B, "inter": I, "intra": K, "map": M}. Answers a line
that says what it is; then for every line "n" on standard input it translates the sentences n times and answers "CPU-SECONDS WALL-SECONDS".
I translators work side by side, each with K threads. With M above 0, every sentence's target words are limited to about so many by a
vocabulary map.

Sentences are translated in batches of 64 of like length, as CTranslate2 makes them itself. It knows one length of targets for a batch only:
that is the sources' average, rounded so that the tokens of all targets together are those of all sources.
"""

import json
import os
import random
import sys
import tempfile
import time

import ctranslate2
import numpy as np

BATCH = 64


def weights(spec, rng, vocabulary, width=512, inner=2048):
    """Fills all layers with numbers of the size that trained ones have."""

    def linear(layer, outputs, inputs):
        layer.weight = rng.standard_normal((outputs, inputs), dtype=np.float32) / np.sqrt(inputs)
        layer.bias = np.zeros(outputs, dtype=np.float32)

    def norm(layer):
        layer.gamma = np.ones(width, dtype=np.float32)
        layer.beta = np.zeros(width, dtype=np.float32)

    def attention(block, own):
        norm(block.layer_norm)
        sizes = (3 * width,) if own else (width, 2 * width)
        for layer, outputs in zip(block.linear[:-1], sizes):
            linear(layer, outputs, width)
        linear(block.linear[-1], width, width)

    def stack(side, decoder):
        for layer in side.layer:
            attention(layer.self_attention, True)
            if decoder:
                attention(layer.attention, False)
            norm(layer.ffn.layer_norm)
            linear(layer.ffn.linear_0, inner, width)
            linear(layer.ffn.linear_1, width, inner)
        norm(side.layer_norm)

    table = rng.standard_normal((vocabulary, width), dtype=np.float32) / np.sqrt(width)
    for embeddings in (spec.encoder.embeddings[0], spec.decoder.embeddings):
        embeddings.weight = table
    stack(spec.encoder, False)
    stack(spec.decoder, True)
    linear(spec.decoder.projection, vocabulary, width)


def cut(sentences):
    """Batches of like length, the longest first, each with the length of its targets."""
    sentences = sorted(sentences, key=len, reverse=True)
    batches, owed = [], 0
    for begin in range(0, len(sentences), BATCH):
        batch = sentences[begin : begin + BATCH]
        owed += sum(map(len, batch))
        length = max(1, round(owed / len(batch)))
        owed -= length * len(batch)
        batches.append((batch, length))
    return batches


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    folder = tempfile.mkdtemp()
    pieces = ["<unk>", "<s>", "</s>"] + [f"t{i}" for i in range(job["vocabulary"] - 3)]
    spec = ctranslate2.specs.TransformerSpec.from_config((6, 6), 8, pre_norm=True)
    weights(spec, np.random.default_rng(1), job["vocabulary"])
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    draw = random.Random(2)
    if job["map"] > 0:
        path = os.path.join(folder, "map.txt")
        with open(path, "w", encoding="utf-8") as file:
            often = " ".join(draw.sample(pieces[3:], job["map"]))
            file.write("\t" + often + "\n")
        spec.register_vocabulary_mapping(path)
    spec.validate()
    spec.optimize(quantization="int8")
    model = os.path.join(folder, "model")
    os.makedirs(model)
    spec.save(model)
    translator = ctranslate2.Translator(
        model, device="cpu", compute_type="int8", inter_threads=job["inter"], intra_threads=job["intra"]
    )
    batches = cut([[pieces[piece] for piece in ids] for ids in job["sentences"]])

    def translate(batches):
        under_way = [
            (length, result)
            for sentences, length in batches
            for result in translator.translate_batch(
                sentences,
                beam_size=job["beam"],
                max_batch_size=BATCH,
                min_decoding_length=length,
                max_decoding_length=length,
                use_vmap=job["map"] > 0,
                asynchronous=True,
            )
        ]
        for length, result in under_way:
            if len(result.result().hypotheses[0]) != length:
                raise SystemExit("a target has another length than it was told to have")

    translate(batches[: job["inter"]])
    print(f"CTranslate2 {ctranslate2.__version__}, Transformer-base, int8", flush=True)
    for line in sys.stdin:
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(int(line)):
            translate(batches)
        print(time.process_time() - cpu, time.perf_counter() - wall, flush=True)


main()
