package dev.dragoman.model.kernel;

/**
 * Numbers that the kernels read as attributes of their module.
 *
 * @param compute element type of products
 * @param expertCompute element type of the experts' products in serving
 * @param dropout rate when training, in {@code [0, 1)}
 * @param expertsPerRow k
 * @param noiseFloor added to the noise scale of the gates
 * @param attentionHeads parts of the attention that score by themselves
 */
public record KernelSettings(
        Compute compute,
        Compute expertCompute,
        double dropout,
        int expertsPerRow,
        double noiseFloor,
        int attentionHeads) {
    /** Attention of one head. */
    public KernelSettings(
            Compute compute, Compute expertCompute, double dropout, int expertsPerRow, double noiseFloor) {
        this(compute, expertCompute, dropout, expertsPerRow, noiseFloor, 1);
    }

    /** Experts in the type of all products, and attention of one head. */
    public KernelSettings(Compute compute, double dropout, int expertsPerRow, double noiseFloor) {
        this(compute, compute, dropout, expertsPerRow, noiseFloor, 1);
    }
}
