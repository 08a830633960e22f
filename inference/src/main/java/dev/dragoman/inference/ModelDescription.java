package dev.dragoman.inference;

import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.checkpoint.StoredTensor;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.kernel.ComputeDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a model directory says of itself, for people.
 *
 * @param title what the model calls itself
 * @param card the text of its model card, {@code README.md}; empty if it has none, or one of more than a megabyte
 * @param parameters numbers in its weights, the scales of those in 8 bits not counted
 * @param bytes of its weights on disk
 * @param precisions bytes of weights of each stored type, {@code f32}, {@code bf16} or {@code i8}
 * @param device where it is computed: {@code cpu}, or {@code gpu0} and so on
 */
public record ModelDescription(
        String title, String card, long parameters, long bytes, SortedMap<String, Long> precisions, String device) {
    private static final String CARD = "README.md";
    private static final long LONGEST_CARD = 1 << 20;

    /** The scales of the rows of a matrix in 8 bits lie beside it under this ending. */
    private static final String SCALE = ".scale";

    /**
     * Reads the description of a model directory: its configuration, its card and the headers of its weights.
     *
     * @throws ModelUnavailableException if it cannot be read; the message names the file
     */
    public static ModelDescription read(Path directory) {
        try {
            ModelDirectory files = ModelDirectory.open(directory);
            return of(files, card(directory.resolve(CARD)));
        } catch (ModelFormatException | IOException e) {
            throw new ModelUnavailableException(String.valueOf(e.getMessage()), e);
        }
    }

    private static ModelDescription of(ModelDirectory files, String card) {
        WeightFiles weights = files.weights();
        SortedMap<String, Long> precisions = new TreeMap<>();
        long parameters = 0;
        long bytes = 0;
        for (String name : weights.names()) {
            StoredTensor tensor = weights.find(name);
            if (tensor == null) {
                continue;
            }
            precisions.merge(tensor.type().name().toLowerCase(Locale.ROOT), tensor.bytes(), Long::sum);
            bytes += tensor.bytes();
            parameters += name.endsWith(SCALE) ? 0 : tensor.elements();
        }
        return new ModelDescription(
                files.configuration().name(), card, parameters, bytes, precisions, computingDevice());
    }

    private static String card(Path file) throws IOException {
        return Files.isRegularFile(file) && Files.size(file) <= LONGEST_CARD ? Files.readString(file) : "";
    }

    private static String computingDevice() {
        return ComputeDevice.isGpu() ? "gpu" + ComputeDevice.get().getDeviceId() : "cpu";
    }
}
