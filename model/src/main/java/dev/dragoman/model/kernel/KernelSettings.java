package dev.dragoman.model.kernel;

/**
 * Numbers that the kernels read as attributes of their module.
 *
 * @param compute element type of products
 * @param dropout rate when training, in {@code [0, 1)}
 * @param expertsPerRow k
 * @param noiseFloor added to the noise scale of the gates
 */
public record KernelSettings(Compute compute, double dropout, int expertsPerRow, double noiseFloor) {}
