package dev.dragoman.model.kernel;

/**
 * Numbers that the kernels read as attributes of their module.
 *
 * @param compute element type of products
 * @param expertCompute element type of the experts' products in serving
 * @param dropout rate when training, in {@code [0, 1)}
 * @param expertsPerRow k
 * @param noiseFloor added to the noise scale of the gates
 */
public record KernelSettings(
        Compute compute, Compute expertCompute, double dropout, int expertsPerRow, double noiseFloor) {
    /** Experts in the type of all products. */
    public KernelSettings(Compute compute, double dropout, int expertsPerRow, double noiseFloor) {
        this(compute, compute, dropout, expertsPerRow, noiseFloor);
    }
}
