package dev.dragoman.model.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules against every size that Shazeer et al. 2017 (tables 2 to 8) and Wu et al. 2016 print. */
class LayerSizeTest {
    private static final double MILLION = 1e6;
    private static final double BILLION = 1e9;

    /** Words of the 1-billion-word benchmark. */
    private static final int WORDS = 793_471;

    /** The paper does not print the vocabulary of its news corpus; this size fits every total of table 8. */
    private static final int NEWS_WORDS = 100_000;

    /** Embedding and softmax, each with its own table. */
    private static long withTables(LayerSize body, int words, int width) {
        LayerSize tables = LayerSize.embedding(words, width, 1).plus(LayerSize.softmax(words, width));
        return body.matrices() + tables.matrices();
    }

    private static LayerSize lstm(int inputs, int cells, int outputs) {
        return cells == outputs ? LayerSize.lstm(inputs, cells) : LayerSize.projectedLstm(inputs, cells, outputs);
    }

    /** Two LSTM layers with a mixture between them, everything {@code width} wide; 4 experts a time step, 0 groups for a flat gate. */
    private static LayerSize mixtureModel(int width, int cells, int experts, int groups, int hidden) {
        LayerSize gate = groups == 0
                ? LayerSize.flatGate(width, experts, 2)
                : LayerSize.twoLevelGate(width, groups, experts / groups, 2, 2);
        return lstm(width, cells, width).times(2).plus(gate).plus(LayerSize.experts(width, hidden, experts, 4));
    }

    private static String rounded(double value, int digits) {
        return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).toPlainString();
    }

    @ParameterizedTest
    @CsvSource({
        // width, cells, experts, groups, hidden, parameters and operations in millions as these rules give them
        "MoE-32,            512,  512,     32,   0, 1024,     37.78,   8.42",
        "MoE-256,           512,  512,    256,   0, 1024,    272.89,   8.65",
        "MoE-256-h,         512,  512,    256,  16, 1024,    272.91,   8.44",
        "MoE-1024-h,        512,  512,   1024,  16, 1024,   1079.00,   8.54",
        "MoE-4096-h,        512,  512,   4096,  16, 1024,   4303.37,   8.93",
        "MoE-34M,          1024, 1024,   1024,  32, 2048,   4313.91,  33.75",
        "MoE-143M,         1024, 4096,    256,  32, 8192,   4371.05, 142.70",
        "news MoE-4096-h,   512,  512,   4096,  64, 1024,   4303.42,   8.59",
        "news MoE-65536-h,  512,  512,  65536, 256, 1024,  68791.04,   9.18",
        "news MoE-131072-h, 512,  512, 131072, 256, 1024, 137577.63,   9.70",
    })
    void mixtureModels_haveTheComputedSizes(
            String model,
            int width,
            int cells,
            int experts,
            int groups,
            int hidden,
            String parameters,
            String operations) {
        LayerSize size = mixtureModel(width, cells, experts, groups, hidden);
        assertThat(rounded(size.matrices() / MILLION, 2)).as(model).isEqualTo(parameters);
        assertThat(rounded(size.multiplyAdds() / MILLION, 2)).as(model).isEqualTo(operations);
    }

    @ParameterizedTest
    @CsvSource({
        // width, cells, experts, groups, hidden, words, then the printed columns: operations, parameters (millions),
        // total (billions)
        "MoE-32,             512,  512,     32,   0, 1024, 793471,   8.4,     37.8,   0.9",
        "MoE-256-h,          512,  512,    256,  16, 1024, 793471,   8.4,    272.9,   1.1",
        "MoE-1024-h,         512,  512,   1024,  16, 1024, 793471,   8.5,   1079.0,   1.9",
        "MoE-4096-h,         512,  512,   4096,  16, 1024, 793471,   8.9,   4303.4,   5.1",
        "MoE-143M,          1024, 4096,    256,  32, 8192, 793471, 142.7,   4371.1,   6.0",
        "news MoE-32,        512,  512,     32,   0, 1024, 100000,   8.4,     37.8,   0.1",
        "news MoE-256-h,     512,  512,    256,  32, 1024, 100000,   8.4,    272.9,   0.4",
        "news MoE-1024-h,    512,  512,   1024,  32, 1024, 100000,   8.5,   1079.0,   1.2",
        "news MoE-4096-h,    512,  512,   4096,  64, 1024, 100000,   8.6,   4303.4,   4.4",
        "news MoE-16384-h,   512,  512,  16384, 128, 1024, 100000,   8.8,  17201.0,  17.3",
        "news MoE-65536-h,   512,  512,  65536, 256, 1024, 100000,   9.2,  68791.0,  68.9",
        "news MoE-131072-h,  512,  512, 131072, 256, 1024, 100000,   9.7, 137577.6, 137.7",
    })
    void mixtureModels_haveThePrintedSizes(
            String model,
            int width,
            int cells,
            int experts,
            int groups,
            int hidden,
            int words,
            String operations,
            String parameters,
            String total) {
        LayerSize size = mixtureModel(width, cells, experts, groups, hidden);
        assertThat(rounded(size.multiplyAdds() / MILLION, 1)).as(model).isEqualTo(operations);
        assertThat(rounded(size.matrices() / MILLION, 1)).as(model).isEqualTo(parameters);
        assertThat(rounded(withTables(size, words, width) / BILLION, 1))
                .as(model)
                .isEqualTo(total);
    }

    @Test
    void mixtureModels_whereTable7DepartsFromItsOwnRules() {
        LayerSize flat = mixtureModel(512, 512, 256, 0, 1024);
        assertThat(flat.multiplyAdds()).isEqualTo(8_650_752); // printed as 8.6
        assertThat(rounded(flat.matrices() / MILLION, 1)).isEqualTo("272.9");
        assertThat(rounded(withTables(flat, WORDS, 512) / BILLION, 1)).isEqualTo("1.1");

        LayerSize medium = mixtureModel(1024, 1024, 1024, 32, 2048);
        assertThat(rounded(medium.multiplyAdds() / MILLION, 1)).isEqualTo("33.8");
        assertThat(rounded(medium.matrices() / MILLION, 1)).isEqualTo("4313.9");
        assertThat(rounded(withTables(medium, WORDS, 1024) / BILLION, 2)).isEqualTo("5.94"); // printed as 6.0
    }

    @ParameterizedTest
    @CsvSource({
        // layers, cells, width, printed operations and parameters alike (millions), printed total (billions)
        "LSTM-512-512,      1,  512,  512,   2.4, 0.8",
        "LSTM-1024-512,     1, 1024,  512,   4.7, 0.8",
        "LSTM-2048-512,     1, 2048,  512,   9.4, 0.8",
        "2xLSTM-8192-1024,  2, 8192, 1024, 151.0, 1.8",
    })
    void projectedLstms_haveThePrintedSizes(
            String model, int layers, int cells, int width, String printed, String total) {
        LayerSize size = LayerSize.projectedLstm(width, cells, width).times(layers);
        assertThat(rounded(size.multiplyAdds() / MILLION, 1)).as(model).isEqualTo(printed);
        assertThat(rounded(size.matrices() / MILLION, 1)).as(model).isEqualTo(printed);
        assertThat(rounded(withTables(size, WORDS, width) / BILLION, 1))
                .as(model)
                .isEqualTo(total);
    }

    @Test
    void denseBaselines_haveThePrintedSizes() {
        LayerSize lstms = LayerSize.lstm(512, 512).times(2);
        LayerSize wide = LayerSize.experts(512, 4096, 1, 1);
        LayerSize deep = LayerSize.matrix(512, 1024)
                .plus(LayerSize.matrix(1024, 1024).times(3))
                .plus(LayerSize.matrix(1024, 512));
        LayerSize four = LayerSize.experts(512, 1024, 4, 4).plus(LayerSize.flatGate(512, 4, 2));
        for (LayerSize middle : new LayerSize[] {lstms, wide, deep, four}) {
            LayerSize size = lstms.plus(middle);
            assertThat(rounded(size.multiplyAdds() / MILLION, 1)).isEqualTo("8.4");
            assertThat(rounded(size.matrices() / MILLION, 1)).isEqualTo("8.4");
            assertThat(rounded(withTables(size, WORDS, 512) / BILLION, 1)).isEqualTo("0.8");
            assertThat(rounded(withTables(size, NEWS_WORDS, 512) / BILLION, 1)).isEqualTo("0.1");
        }
    }

    @Test
    void projectedLstm_ofAppendixE() {
        LayerSize size = LayerSize.projectedLstm(512, 2048, 512);
        assertThat(size.matrices()).isEqualTo(9_437_184);
        assertThat(size.vectors()).isEqualTo(8192);
        assertThat(size.used()).isEqualTo(9_437_184 + 8192);
        assertThat(size.multiplyAdds()).isEqualTo(9_437_184);
        LayerSize withContext = LayerSize.projectedLstm(1024, 2048, 512);
        assertThat(withContext.matrices() - size.matrices()).isEqualTo(4L * 2048 * 512);
    }

    /** LSTM layers, one of them reading the context, two mixture layers and the softmax; the published counts leave attention out. */
    private static LayerSize translation(LayerSize mixture) {
        return LayerSize.projectedLstm(512, 2048, 512)
                .times(4)
                .plus(LayerSize.projectedLstm(1024, 2048, 512))
                .plus(mixture.times(2))
                .plus(LayerSize.embedding(32_000, 512, 1).times(2))
                .plus(LayerSize.softmax(32_000, 512));
    }

    @ParameterizedTest
    @CsvSource({"16", "32", "64"})
    void translation_hasThePrintedSizes(int groups) {
        LayerSize size = translation(
                LayerSize.experts(512, 2048, 2048, 4).plus(LayerSize.twoLevelGate(512, groups, 2048 / groups, 2, 1)));
        LayerSize attention = LayerSize.attention(512, 512, 0);
        assertThat(rounded(size.multiplyAdds() / MILLION, 0)).isEqualTo("85");
        assertThat(rounded(size.plus(attention).multiplyAdds() / MILLION, 0)).isEqualTo("85");
        assertThat(rounded(size.plus(attention).matrices() / BILLION, 1)).isEqualTo("8.7");
        assertThat(size.plus(attention).matrices() / MILLION).isCloseTo(8693, within(1.0));
    }

    @Test
    void multilingualTranslation_hasThePrintedSizes() {
        LayerSize size = translation(LayerSize.experts(512, 8192, 512, 2).plus(LayerSize.flatGate(512, 512, 2)));
        assertThat(rounded(size.multiplyAdds() / MILLION, 0)).isEqualTo("102");
        assertThat(rounded(size.matrices() / BILLION, 1)).isEqualTo("8.7");
    }

    @Test
    void gnmt_hasThePrintedSizes() {
        LayerSize encoder = LayerSize.lstm(1024, 1024)
                .times(2)
                .plus(LayerSize.lstm(2048, 1024))
                .plus(LayerSize.lstm(1024, 1024).times(6));
        LayerSize decoder = LayerSize.lstm(2048, 1024).times(8);
        LayerSize tables = LayerSize.embedding(32_000, 1024, 1).times(2).plus(LayerSize.softmax(32_000, 1024));
        LayerSize size = encoder.plus(decoder).plus(tables);
        assertThat(rounded(encoder.matrices() / MILLION, 1)).isEqualTo("79.7");
        assertThat(rounded(decoder.matrices() / MILLION, 1)).isEqualTo("100.7");
        assertThat(rounded(size.matrices() / MILLION, 1)).isEqualTo("278.7");
        assertThat(rounded(size.multiplyAdds() / MILLION, 1)).isEqualTo("213.1");
    }

    @Test
    void experts_areUsedByTheFew() {
        LayerSize size = LayerSize.experts(512, 2048, 2048, 4);
        assertThat(size.matrices()).isEqualTo(4_294_967_296L);
        assertThat(size.used()).isEqualTo(4 * 2_097_152L);
        assertThat(size.multiplyAdds()).isEqualTo(size.used());
    }

    @Test
    void twoLevelGate_withOneGroupVisitedAddsThePrimaryGate() {
        LayerSize two = LayerSize.twoLevelGate(8, 1, 6, 1, 2);
        assertThat(two).isEqualTo(LayerSize.flatGate(8, 6, 2).plus(LayerSize.flatGate(8, 1, 2)));
    }

    @Test
    void attention_growsWithTheSource() {
        LayerSize alone = LayerSize.attention(512, 256, 0);
        assertThat(alone).isEqualTo(new LayerSize(2 * 512 * 256, 256, 2 * 512 * 256 + 256, 2 * 512 * 256));
        assertThat(LayerSize.attention(512, 256, 27).multiplyAdds() - alone.multiplyAdds())
                .isEqualTo(27 * (512 + 256));
    }

    @Test
    void sharedSoftmax_worksOnTheEmbedding() {
        LayerSize own = LayerSize.softmax(100, 8);
        assertThat(own).isEqualTo(new LayerSize(800, 100, 900, 800));
        assertThat(LayerSize.sharedSoftmax(100, 8)).isEqualTo(new LayerSize(0, 100, 900, 800));
    }

    @Test
    void counts_beyondLongAreRefused() {
        int huge = Integer.MAX_VALUE;
        assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> LayerSize.experts(huge, huge, huge, 1));
    }
}
