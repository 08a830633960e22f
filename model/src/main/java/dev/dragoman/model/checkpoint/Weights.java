package dev.dragoman.model.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parameters to and from tensor files.
 *
 * <p>Matrices and stacks of matrices may be stored in 16 bits, or in 8 bits with one scale per row (Wu et al. 2016, section 6:
 * {@code s = max |w|}, {@code q = round(127 w / s)}), the scales as {@code NAME.scale} in float32, already divided by 127; vectors are
 * always stored in 32 bits.
 *
 * <p>Arrays may be of any size: they are converted in slices, so that besides them some tens of megabytes are needed.
 */
public final class Weights {
    /** The first format whose stacks of experts are {@code [E, out, in]}; before, they were {@code [E, in, out]}. */
    static final int OUTPUT_FIRST = 2;

    private static final int EXPERT_STACK = 3;

    private Weights() {}

    /** Writes parameters as {@link #sources} gives them, as one file or, beyond {@link WeightFiles#DEFAULT_LIMIT}, as several. */
    public static void write(Path file, Map<String, NDArray> arrays, StoredType precision) throws IOException {
        WeightFiles.write(file, sources(arrays, precision), WeightFiles.DEFAULT_LIMIT);
    }

    /**
     * Parameters on their way to a file, for {@link WeightFiles#write}; their arrays must stay open until it is written.
     *
     * <p>Matrices are stored in {@code precision}, or as they are in memory where that has fewer bits. An array of int8 is taken to be
     * quantised already, with its scales in the array {@code NAME.scale}.
     *
     * @param arrays of a floating-point type or int8, by name
     * @throws IllegalArgumentException if an array is of another type, or the scales of one are missing
     */
    public static List<TensorSource> sources(Map<String, NDArray> arrays, StoredType precision) {
        return sources(arrays, precision, Slices.LENGTH);
    }

    static List<TensorSource> sources(Map<String, NDArray> arrays, StoredType precision, int longestSlice) {
        List<TensorSource> sources = new ArrayList<>();
        arrays.forEach((name, array) -> {
            if (array.getDataType() == DataType.INT8) {
                requireScales(name, array.getShape(), arrays.get(name + StoredParameter.SCALE));
                sources.add(ArraySource.bytes(name, array, longestSlice));
                return;
            }
            switch (storedType(name, array, arrays, precision)) {
                case F32 -> sources.add(ArraySource.floats(name, array, longestSlice));
                case BF16 -> sources.add(ArraySource.bfloat16(name, array, longestSlice));
                case I8 -> {
                    sources.add(ArraySource.quantised(name, array, longestSlice));
                    sources.add(ArraySource.scales(name + StoredParameter.SCALE, array, longestSlice));
                }
            }
        });
        return sources;
    }

    private static StoredType storedType(
            String name, NDArray array, Map<String, NDArray> arrays, StoredType precision) {
        boolean sixteen = ArraySource.isBfloat16(array);
        if (!sixteen && !array.getDataType().isFloating()) {
            throw new IllegalArgumentException(
                    name + " must be of a floating-point type or int8, but is " + array.getDataType());
        }
        if (array.getShape().dimension() < 2 || array.size() == 0 || isScale(name, arrays)) {
            return StoredType.F32;
        }
        return sixteen && precision == StoredType.F32 ? StoredType.BF16 : precision;
    }

    private static boolean isScale(String name, Map<String, NDArray> arrays) {
        if (!name.endsWith(StoredParameter.SCALE)) {
            return false;
        }
        NDArray values = arrays.get(name.substring(0, name.length() - StoredParameter.SCALE.length()));
        return values != null && values.getDataType() == DataType.INT8;
    }

    private static void requireScales(String name, Shape shape, @Nullable NDArray scales) {
        if (scales == null
                || shape.dimension() < 1
                || !scales.getShape().equals(shape.slice(0, shape.dimension() - 1))) {
            throw new IllegalArgumentException(name + " " + shape + " is int8 and needs one scale per row in " + name
                    + StoredParameter.SCALE + ", which is " + (scales == null ? "missing" : scales.getShape()));
        }
    }

    /**
     * Fills parameters from files, in float32, as they are stored. Tensors stored so are used where they are mapped, so nothing may write
     * to them.
     *
     * @param manager owns the arrays
     * @throws ModelFormatException if a parameter is missing or has another shape
     */
    public static void read(WeightFiles files, Map<String, Parameter> parameters, NDManager manager) {
        read(files, OUTPUT_FIRST, parameters, manager);
    }

    /**
     * Fills parameters from files of any format. Stacks of experts, the parameters of three dimensions, were stored {@code [E, in, out]}
     * in format 1 and are transposed on the way.
     *
     * @param format of the model directory
     * @param parameters by name, in the shapes of the newest format
     * @param manager owns the arrays
     * @throws ModelFormatException if a parameter is missing or has another shape
     */
    public static void read(WeightFiles files, int format, Map<String, Parameter> parameters, NDManager manager) {
        parameters.forEach((name, parameter) -> {
            Shape shape = parameter.getShape();
            NDArray array = format < OUTPUT_FIRST && shape.dimension() == EXPERT_STACK
                    ? transposed(files, name, shape, manager)
                    : array(files, name, shape, manager);
            // DJL takes an array only where no shape was set before.
            parameter.setShape(null);
            parameter.setArray(array);
        });
    }

    /** From {@code [E, in, out]} to {@code [E, out, in]}. */
    private static NDArray transposed(WeightFiles files, String name, Shape shape, NDManager manager) {
        Shape stored = new Shape(shape.get(0), shape.get(2), shape.get(1));
        try (NDArray array = array(files, name, stored, manager);
                NDArray view = array.swapAxes(1, 2)) {
            NDArray result = manager.create(shape);
            // A duplicate of the view would keep its strides.
            result.set(new NDIndex(":"), view);
            return result;
        }
    }

    /** One tensor as a float32 array of {@code manager}; where it is stored so, over the mapped file itself. */
    public static NDArray array(WeightFiles files, String name, Shape shape, NDManager manager) {
        StoredParameter stored = StoredParameter.find(files, name, shape.getShape());
        StoredTensor values = stored.values();
        if (values.type() == StoredType.F32 && values.isAligned() && values.bytes() <= Integer.MAX_VALUE) {
            return manager.create(values.map(), shape, DataType.FLOAT32);
        }
        NDArray result = manager.create(shape);
        try {
            new ArrayFiller(stored, Slices.LENGTH).fill(result);
            return result;
        } catch (RuntimeException e) {
            result.close();
            throw e;
        }
    }

    /**
     * Overwrites an array with a tensor, without another copy of it.
     *
     * @param target float32 or bfloat16, contiguous
     * @throws ModelFormatException if the tensor is missing or has another shape
     * @throws IllegalArgumentException if the array is of another type
     */
    public static void fill(WeightFiles files, String name, NDArray target) {
        fill(files, OUTPUT_FIRST, name, target);
    }

    /** As {@link #fill(WeightFiles, String, NDArray)}, from files of any format. */
    static void fill(WeightFiles files, int format, String name, NDArray target) {
        if (format < OUTPUT_FIRST && target.getShape().dimension() == EXPERT_STACK) {
            try (NDArray values = transposed(files, name, target.getShape(), target.getManager())) {
                Overwrite.with(target, values);
            }
            return;
        }
        StoredParameter stored =
                StoredParameter.find(files, name, target.getShape().getShape());
        new ArrayFiller(stored, Slices.LENGTH).fill(target);
    }
}
