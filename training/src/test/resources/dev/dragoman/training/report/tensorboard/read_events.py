"""Reads a run's events with TensorBoard's own reader and holds them against the run's metrics.jsonl. Not part of the build.

    pip install tensorboard==2.21.0
    python read_events.py RUN

Every scalar, text and image is read; every row must be there once, with its value, and nothing else. Ends with status 1 if not.
"""

import json
import math
import pathlib
import struct
import sys

from tensorboard.backend.event_processing import event_accumulator, plugin_event_accumulator
from tensorboard.util import tensor_util

UPDATE = {
    "loss": "loss",
    "negativeLogLikelihood": "nll",
    "learningRate": "learning_rate",
    "gradientNorm": "gradient_norm",
    "tokensPerSecond": "tokens_per_second",
}
BALANCE = {"importanceCv": "importance_cv", "loadCv": "load_cv", "idleShare": "idle_share", "overflow": "overflow"}
DEV = {"loss": "loss", "perplexity": "perplexity", "wordPerplexity": "word_perplexity", "bleu": "bleu", "chrf": "chrf"}


def expected(rows):
    scalars, texts = {}, {}
    for row in rows:
        kind = row["kind"]
        if kind == "update":
            prefix, keys = "train/", UPDATE
        elif kind == "balance":
            prefix, keys = f"experts/{row['layer']}/", BALANCE
        elif kind == "dev":
            prefix, keys = f"dev/{row['direction']}/", DEV
        else:
            if kind == "sample":
                tag = f"samples/{row['direction']}/{row['sentence']}"
                texts.setdefault(tag, []).append(row["update"])
            continue
        for key, name in keys.items():
            if row[key] is not None:
                scalars.setdefault(prefix + name, []).append((row["update"], row[key]))
    return scalars, texts


def main(run):
    rows = [json.loads(line) for line in open(run / "metrics.jsonl", encoding="utf-8")]
    scalars, texts = expected(rows)
    everything = {event_accumulator.SCALARS: 0, event_accumulator.IMAGES: 0, event_accumulator.TENSORS: 0}
    plain = event_accumulator.EventAccumulator(str(run / "events"), size_guidance=everything)
    plain.Reload()
    # What the web page uses; it keeps texts and scalars alike as tensors.
    paged = plugin_event_accumulator.EventAccumulator(str(run / "events"), size_guidance={"tensors": 0})
    paged.Reload()
    problems = []

    tags = plain.Tags()
    derived = {"train/perplexity", "train/epoch"}
    for tag in sorted(set(tags["scalars"]) - derived - set(scalars)):
        problems.append(f"{tag}: not in metrics.jsonl")
    for tag, points in scalars.items():
        try:
            read = [(event.step, event.value) for event in plain.Scalars(tag)]
            shown = [(event.step, float(tensor_util.make_ndarray(event.tensor_proto))) for event in paged.Tensors(tag)]
        except KeyError:
            problems.append(f"{tag}: no events")
            continue
        for reader, found in (("event accumulator", read), ("plugin event accumulator", shown)):
            if [step for step, _ in found] != [step for step, _ in points]:
                problems.append(f"{tag}: the {reader} has other steps")
            elif not all(math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-12) for (_, a), (_, b) in zip(found, points)):
                problems.append(f"{tag}: the {reader} has other values")
    for tag, steps in texts.items():
        found = paged.Tensors(tag)
        if [event.step for event in found] != steps:
            problems.append(f"{tag}: other steps")
        for event in found:
            if b"| translation |" not in tensor_util.make_ndarray(event.tensor_proto).item(0):
                problems.append(f"{tag}: another text at step {event.step}")
    images = 0
    for tag in tags["images"]:
        for image in plain.Images(tag):
            images += 1
            png = image.encoded_image_string
            if png[:8] != b"\x89PNG\r\n\x1a\n" or struct.unpack(">II", png[16:24]) != (image.width, image.height):
                problems.append(f"{tag}: not a PNG of its size at step {image.step}")

    files = len(list((run / "events").iterdir()))
    print(f"{files} files, {len(scalars) + len(derived)} tags with {sum(map(len, scalars.values())):,} compared scalars,"
          f" {len(texts)} tags with {sum(map(len, texts.values())):,} texts, {len(tags['images'])} tags with {images} images")
    for problem in problems:
        print("wrong:", problem)
    return 1 if problems or not scalars else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
