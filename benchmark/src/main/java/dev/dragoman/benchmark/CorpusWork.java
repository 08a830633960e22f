package dev.dragoman.benchmark;

import dev.dragoman.model.cpu.CpuCeilings;
import java.util.Arrays;

/**
 * What a system has to do at least to translate sentences, each into as many pieces as it has: products of its layers, and each step's weights once.
 * Products of attention, whose sizes are lengths, and everything that is no product count nothing.
 *
 * @param operations of products, a multiply-add counted as two
 * @param bytes of weights, in {@code precision}
 * @param precision {@link Precision#FLOAT32} or {@link Precision#INT8}
 */
record CorpusWork(double operations, double bytes, Precision precision) {
    /** What the machine could do. */
    record Machine(CpuCeilings bits8, Ceilings floats) {}

    /**
     * Of the paper's network.
     *
     * @param pieces that the softmax computes
     */
    static CorpusWork paper(CorpusSentences sentences, int beam, int pieces, int experts, Precision precision) {
        int longest = longest(sentences);
        return new CorpusWork(
                operations(
                        sentences,
                        beam,
                        PaperModel.encoderMultiplyAdds(experts),
                        PaperModel.multiplyAdds(pieces, experts)),
                precision.bytes()
                        * (PaperModel.encoderBytes(experts, longest)
                                + longest
                                        * (PaperModel.decoderBytes(pieces, experts)
                                                + PaperModel.expertBytes(experts, beam))),
                precision);
    }

    /** Of a Transformer-base (Vaswani et al. 2017) in 8 bits: six layers each, 512 wide, 2,048 inside. */
    static CorpusWork transformerBase(CorpusSentences sentences, int beam, int pieces) {
        double width = 512;
        double inside = 2048;
        double layers = 6;
        double attention = 4 * width * width;
        double forward = 2 * width * inside;
        // The decoder's keys and values of the source are computed once, query and output of each row.
        double encoder = layers * (attention + forward + attention / 2);
        double decoder = layers * (attention + attention / 2 + forward) + pieces * width;
        return new CorpusWork(
                operations(sentences, beam, encoder, decoder), encoder + longest(sentences) * decoder, Precision.INT8);
    }

    /** Of a decoder step of the paper's network, so many rows that choose their experts independently. */
    static CorpusWork step(int rows, int experts, Precision precision) {
        int pieces = PaperOptions.VOCABULARY;
        return new CorpusWork(
                2 * rows * PaperModel.multiplyAdds(pieces, experts),
                precision.bytes() * (PaperModel.decoderBytes(pieces, experts) + PaperModel.expertBytes(experts, rows)),
                precision);
    }

    private static int longest(CorpusSentences sentences) {
        return Arrays.stream(sentences.sources())
                .mapToInt(source -> source.length)
                .max()
                .orElseThrow();
    }

    /** A first step has one row for its sentence, every later one as many as the beam has. */
    private static double operations(CorpusSentences sentences, int beam, double encoder, double decoder) {
        double rows = (sentences.tokens() - sentences.sources().length) * (double) beam + sentences.sources().length;
        return 2 * (sentences.tokens() * encoder + rows * decoder);
    }

    /** Seconds below which this cannot be done. */
    double floor(Machine machine) {
        double peak = precision == Precision.INT8
                ? machine.bits8().operations()
                : machine.floats().products(precision);
        return Math.max(operations / peak, bytes / machine.bits8().repeated());
    }

    /** The same where products of 8 bits are left to vectors, though the processor has tiles. */
    double floorByVectors(Machine machine) {
        double peak = precision == Precision.INT8
                ? machine.bits8().vectorOperations()
                : machine.floats().products(precision);
        return Math.max(operations / peak, bytes / machine.bits8().repeated());
    }
}
