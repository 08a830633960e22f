"""Writes records.txt: events as TensorBoard itself encodes and frames them, a name and the record in hexadecimal a line.

pip install tensorboard==2.21.0 && python tensorboard_vectors.py > records.txt
"""

import io

from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
from tensorboard.summary.writer.record_writer import RecordWriter


class Kept(io.BytesIO):
    def close(self):
        pass


def record(event):
    kept = Kept()
    writer = RecordWriter(kept)
    writer.write(event.SerializeToString())
    writer.close()
    return kept.getvalue().hex()


def text(tag, value):
    tensor = tensor_pb2.TensorProto(
        dtype=types_pb2.DT_STRING,
        tensor_shape=tensor_shape_pb2.TensorShapeProto(dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=1)]),
        string_val=[value.encode()],
    )
    plugin = summary_pb2.SummaryMetadata.PluginData(plugin_name="text")
    return summary_pb2.Summary.Value(tag=tag, tensor=tensor, metadata=summary_pb2.SummaryMetadata(plugin_data=plugin))


def values(step, *all):
    return event_pb2.Event(wall_time=1700000000.25, step=step, summary=summary_pb2.Summary(value=all))


Value = summary_pb2.Summary.Value
events = {
    "version": event_pb2.Event(wall_time=1700000000.25, file_version="brain.Event:2"),
    "start": event_pb2.Event(
        wall_time=1700000000.25, step=301, session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    ),
    "scalars": values(
        1234567890123, Value(tag="train/loss", simple_value=3.25), Value(tag="dev/en-fr/bleu", simple_value=0.0)
    ),
    "text": values(300, text("samples/en-fr/0", "Grüße, 世界")),
    "image": values(
        7,
        Value(
            tag="load",
            image=summary_pb2.Summary.Image(
                height=200, width=300, colorspace=3, encoded_image_string=bytes(range(256))
            ),
        ),
    ),
}
for name, event in events.items():
    print(name, record(event))
