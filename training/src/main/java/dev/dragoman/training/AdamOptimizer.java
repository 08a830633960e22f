package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.checkpoint.SafetensorsReader;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.kernel.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam (Kingma and Ba 2015) with the gradient's global norm clipped, all parameters in one native call.
 *
 * <p>Owns both moments, in float32; they live in the manager given and are closed with it.
 */
final class AdamOptimizer {
    private static final String FIRST = "first.";
    private static final String SECOND = "second.";

    private final Kernels kernels;
    private final Recipe.Adam constants;
    private final double clipNorm;
    private final Map<String, Parameter> parameters;
    private final Map<String, NDArray> first = new LinkedHashMap<>();
    private final Map<String, NDArray> second = new LinkedHashMap<>();

    AdamOptimizer(
            Kernels kernels,
            Map<String, Parameter> parameters,
            Recipe.Adam constants,
            double clipNorm,
            NDManager manager) {
        this.kernels = kernels;
        this.parameters = parameters;
        this.constants = constants;
        this.clipNorm = clipNorm;
        parameters.forEach((name, parameter) -> {
            first.put(name, manager.zeros(parameter.getShape()));
            second.put(name, manager.zeros(parameter.getShape()));
        });
    }

    /**
     * One update from the gradients that the parameters hold, which it clears.
     *
     * @param scratch owns what the call needs
     * @param update number of the update, from 1
     * @return the gradient's global norm before clipping; nothing was changed if it is not finite
     */
    double update(NDManager scratch, int update, double learningRate) {
        List<NDArray> weights = new ArrayList<>();
        List<NDArray> gradients = new ArrayList<>();
        for (Parameter parameter : parameters.values()) {
            weights.add(parameter.getArray());
            NDArray gradient = parameter.getArray().getGradient();
            gradient.attach(scratch);
            gradients.add(gradient);
        }
        NDList norm = kernels.run(
                scratch,
                "adam",
                weights,
                gradients,
                new ArrayList<>(first.values()),
                new ArrayList<>(second.values()),
                (long) update,
                learningRate,
                constants.beta1(),
                constants.beta2(),
                constants.epsilon(),
                1.0,
                clipNorm);
        return norm.get(0).getFloat();
    }

    /** Writes both moments. */
    void write(Path file) throws IOException {
        Map<String, NDArray> all = new LinkedHashMap<>();
        first.forEach((name, array) -> all.put(FIRST + name, array));
        second.forEach((name, array) -> all.put(SECOND + name, array));
        Weights.write(file, all, StoredType.F32);
    }

    /** Takes up both moments from a file that {@link #write} made. */
    void read(Path file, NDManager manager) {
        SafetensorsReader reader = SafetensorsReader.open(file);
        read(reader, FIRST, first, manager);
        read(reader, SECOND, second, manager);
    }

    private void read(SafetensorsReader reader, String prefix, Map<String, NDArray> moments, NDManager manager) {
        moments.replaceAll((name, old) -> {
            Shape shape = old.getShape();
            old.close();
            try (NDArray mapped = Weights.array(reader, prefix + name, shape, manager)) {
                return mapped.duplicate();
            }
        });
    }
}
