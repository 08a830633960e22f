package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.checkpoint.StoredParameter;
import dev.dragoman.model.checkpoint.StoredTensor;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.kernel.Kernels;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The stacks of a layer in serving: {@code hidden [E, H, D]} and {@code output [E, D, H]} in float32, bfloat16 or int8, the latter with
 * scales {@code [E, H]} and {@code [E, D]}, value = scale * element.
 *
 * <p>Each comes in parts of {@code perPart} experts. The alternative, one native mapping of a whole file, counts as memory of the process
 * (it is private and writable), and Linux refuses it where it is larger than the machine's memory.
 *
 * @param hidden parts {@code [n, H, D]}
 * @param output parts {@code [n, D, H]}
 * @param hiddenScales parts {@code [n, H]}, none but for int8
 * @param outputScales parts {@code [n, D]}, none but for int8
 * @param perPart experts of each part but the last
 * @param bytesPerExpert what one expert takes, scales included
 */
record ExpertMatrices(
        List<NDArray> hidden,
        List<NDArray> output,
        List<NDArray> hiddenScales,
        List<NDArray> outputScales,
        int perPart,
        long bytesPerExpert) {
    /** The engine's arrays over buffers have fewer than 2^31 elements. */
    static final long PART_BYTES = 1L << 30;

    /** Products in 8 bits read rows of a multiple of so many bytes from addresses that are one; others would end the process. */
    private static final int ALIGNMENT = 16;

    /** Stacks that are in memory, whole. */
    static ExpertMatrices whole(NDArray hidden, NDArray output) {
        int experts = Math.toIntExact(hidden.getShape().get(0));
        return new ExpertMatrices(List.of(hidden), List.of(output), List.of(), List.of(), experts, 0);
    }

    /**
     * Maps the stacks of a layer, read-only; nothing is read before an expert is used, unless another tool wrote the file and the stacks
     * begin where kernels cannot read them: those are copied.
     *
     * @param layer path of the layer
     * @param hidden shape of the hidden stack
     * @param output shape of the output stack
     * @param partBytes the most that a part may have, unless one expert has more
     * @param host owns the arrays; on the processor
     * @throws dev.dragoman.model.checkpoint.ModelFormatException if a tensor is missing or of another shape
     */
    static ExpertMatrices map(
            Kernels kernels,
            WeightFiles files,
            String layer,
            Shape hidden,
            Shape output,
            long partBytes,
            NDManager host) {
        StoredParameter first = StoredParameter.find(files, layer + ServedMixtures.HIDDEN, hidden.getShape());
        StoredParameter second = StoredParameter.find(files, layer + ServedMixtures.OUTPUT, output.getShape());
        int experts = Math.toIntExact(hidden.get(0));
        long widest = Math.max(first.values().bytes(), second.values().bytes()) / experts;
        int perPart = (int) Math.max(1, Math.min(experts, partBytes / widest));
        Mapping mapping = new Mapping(kernels, host, experts, perPart);
        return new ExpertMatrices(
                mapping.parts(first.values()),
                mapping.parts(second.values()),
                first.scales() == null ? List.of() : mapping.parts(first.scales()),
                second.scales() == null ? List.of() : mapping.parts(second.scales()),
                perPart,
                bytesPerExpert(first, experts) + bytesPerExpert(second, experts));
    }

    private static long bytesPerExpert(StoredParameter stored, int experts) {
        long scales = stored.scales() == null ? 0 : stored.scales().bytes();
        return (stored.values().bytes() + scales) / experts;
    }

    private record Mapping(Kernels kernels, NDManager host, int experts, int perPart) {
        List<NDArray> parts(StoredTensor tensor) {
            List<NDArray> parts = new ArrayList<>();
            long perExpert = tensor.elements() / experts;
            boolean aligned = tensor.begin() % alignment(tensor) == 0;
            for (int from = 0; from < experts; from += perPart) {
                int to = Math.min(experts, from + perPart);
                long[] shape = tensor.shape().clone();
                shape[0] = to - from;
                NDArray part = array(tensor, tensor.map(from * perExpert, to * perExpert), new Shape(shape));
                parts.add(aligned ? part : copied(part));
            }
            return parts;
        }

        private static int alignment(StoredTensor tensor) {
            boolean strict = tensor.type() == StoredType.I8 && tensor.shape()[2] % ALIGNMENT == 0;
            return strict ? ALIGNMENT : tensor.type().bytes();
        }

        private NDArray array(StoredTensor tensor, ByteBuffer buffer, Shape shape) {
            return switch (tensor.type()) {
                case F32 -> host.create(buffer, shape, DataType.FLOAT32);
                case I8 -> host.create(buffer, shape, DataType.INT8);
                // The array of halves stays open too: it keeps the mapping.
                case BF16 ->
                    kernels.run(host, "as_bfloat16", host.create(buffer, shape, DataType.FLOAT16))
                            .get(0);
            };
        }

        private NDArray copied(NDArray part) {
            try (part) {
                return kernels.run(host, "copied", part).get(0);
            }
        }
    }

    /** A copy on a device, in one part. */
    ExpertMatrices on(NDManager device, Kernels kernels) {
        try (NDArray like = device.create(0f)) {
            int experts = hidden.stream()
                    .mapToInt(part -> Math.toIntExact(part.getShape().get(0)))
                    .sum();
            return new ExpertMatrices(
                    joined(hidden, like, kernels),
                    joined(output, like, kernels),
                    joined(hiddenScales, like, kernels),
                    joined(outputScales, like, kernels),
                    experts,
                    bytesPerExpert);
        }
    }

    private static List<NDArray> joined(List<NDArray> parts, NDArray like, Kernels kernels) {
        return parts.isEmpty() ? List.of() : kernels.run(like.getManager(), "joined", parts, like);
    }

    /** The parts that an expert is in: hidden, output and, if there are any, their scales. */
    List<NDArray> partsOf(int expert) {
        int part = expert / perPart;
        List<NDArray> parts = new ArrayList<>(List.of(hidden.get(part), output.get(part)));
        for (List<NDArray> scales : Arrays.asList(hiddenScales, outputScales)) {
            if (!scales.isEmpty()) {
                parts.add(scales.get(part));
            }
        }
        return parts;
    }

    /** Which of its part an expert is. */
    long placeOf(int expert) {
        return expert % perPart;
    }
}
