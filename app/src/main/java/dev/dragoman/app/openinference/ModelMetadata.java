package dev.dragoman.app.openinference;

import dev.dragoman.app.models.ServedModel;
import java.util.List;

/**
 * What a model takes and gives.
 *
 * @param name the name of its directory
 * @param versions the one that is open
 * @param platform what it is made with
 */
record ModelMetadata(String name, List<String> versions, String platform, List<Tensor> inputs, List<Tensor> outputs) {
    /**
     * A tensor.
     *
     * @param shape -1 stands for any number
     */
    record Tensor(String name, String datatype, List<Integer> shape) {}

    private static final List<Integer> ANY_NUMBER = List.of(-1);

    static ModelMetadata of(ServedModel model) {
        return new ModelMetadata(
                model.name(),
                List.of(model.translator().modelVersion()),
                "dragoman",
                List.of(new Tensor("text", "BYTES", ANY_NUMBER)),
                List.of(new Tensor("translation", "BYTES", ANY_NUMBER), new Tensor("score", "FP32", ANY_NUMBER)));
    }
}
