package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * A mixture layer all of whose experts are on the device, and whose gate gives every row as many: a decoder step can have the matrices gathered
 * by the gate's choices and need not tell the host which they are before it goes on.
 *
 * @param gateKind as the serving kernel calls it
 * @param gate what it reads
 * @param hidden {@code [E, H, D]}
 * @param output {@code [E, D, H]}
 * @param scales {@code [E, H]} and {@code [E, D]} of stacks of 8 bits, else none
 * @param sigmoid whether the sum goes through one
 * @param perRow assignments of each row
 * @param usage counts them
 */
public record GatheredMixture(
        long gateKind,
        List<NDArray> gate,
        NDArray hidden,
        NDArray output,
        List<NDArray> scales,
        boolean sigmoid,
        int perRow,
        ExpertUsage usage) {}
