package dev.dragoman.benchmark;

import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.cpu.CpuCeilings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The network of Shazeer et al. 2017, appendix E, with random weights, as several benchmarks have it. */
final class PaperOptions {
    /** Pieces: as many as in the paper's single language pairs. */
    static final int VOCABULARY = 32_000;

    static final int EXPERTS = 32;

    private static final int MANY = 32;

    /** Of a machine's ceilings during a run that counts. */
    private static final double MOST_CHANGE = 0.15;

    @Option(
            names = "--like",
            paramLabel = "DIR",
            defaultValue = "pretrained",
            description = "A model directory whose pieces and languages are used (default: ${DEFAULT-VALUE}).")
    Path like = Path.of("pretrained");

    /**
     * Measures what its steps could reach at best, and reports it.
     *
     * @param kernels that are named in the report, of this variant
     * @param bytes that a step reads, as it reads them again and again
     */
    static CpuCeilings ceilings(Report report, String kernels, String variant, double bytes, int threads) {
        CpuCeilings ceilings = CpuCeilings.measure(variant, (long) bytes, threads);
        report.list(List.of("ceilings of " + kernels + ": products of 8 bits " + Figures.rate(ceilings.operations())
                + " GOP/s, by vectors alone " + Figures.rate(ceilings.vectorOperations()) + " GOP/s; read "
                + Figures.rate(ceilings.streamed()) + " GB/s from memory, " + Figures.rate(ceilings.repeated())
                + " GB/s where it is the step's bytes again and again"));
        return ceilings;
    }

    /** Measures the same again, and reports how much of it there still is: a run in which that changed much is better repeated. */
    static void again(Report report, CpuCeilings first, String variant, double bytes, int threads) {
        CpuCeilings now = CpuCeilings.measure(variant, (long) bytes, threads);
        double products = now.operations() / first.operations();
        double reading = now.repeated() / first.repeated();
        double change = Math.max(Math.abs(products - 1), Math.abs(reading - 1));
        report.line("");
        report.list(List.of("ceilings afterwards: products " + Figures.percent(products) + ", reading "
                + Figures.percent(reading) + " of what they were"
                + (change > MOST_CHANGE
                        ? "; the machine was not the same throughout, so that this is to be repeated"
                        : "")));
    }

    /** Bytes that a step of many rows reads in 8 bits. */
    static double stepBytes(int experts) {
        return PaperModel.decoderBytes(VOCABULARY, experts) + PaperModel.expertBytes(experts, MANY);
    }

    /** Writes it with so many experts and {@link #VOCABULARY} pieces. */
    void write(Path directory, int experts) throws IOException {
        PaperModel.write(directory, like, Form.RECURRENT, experts, VOCABULARY, false);
    }
}
