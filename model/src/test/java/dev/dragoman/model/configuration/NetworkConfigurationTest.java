package dev.dragoman.model.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dragoman.model.TinyNetworks;
import dev.dragoman.model.configuration.NetworkConfiguration.BothWays;
import dev.dragoman.model.configuration.NetworkConfiguration.ContextTo;
import dev.dragoman.model.configuration.NetworkConfiguration.Join;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each message names the field, the limit and the value. */
class NetworkConfigurationTest {
    private static final NetworkConfiguration TINY = TinyNetworks.parallel(11);

    /** A copy of a record with one component changed. */
    static <R extends Record> R with(R record, String component, Object value) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        try {
            for (int i = 0; i < values.length; i++) {
                types[i] = components[i].getType();
                values[i] = components[i].getName().equals(component)
                        ? value
                        : components[i].getAccessor().invoke(record);
            }
            @SuppressWarnings("unchecked")
            Constructor<R> constructor = (Constructor<R>) record.getClass().getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw (RuntimeException) e.getCause();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object number(Class<?> type, String value) {
        return type == int.class ? (Object) Integer.valueOf(value) : (Object) Double.valueOf(value);
    }

    private static void assertRefused(Record record, String component, String value, String message) {
        Class<?> type = Arrays.stream(record.getClass().getRecordComponents())
                .filter(one -> one.getName().equals(component))
                .findFirst()
                .orElseThrow()
                .getType();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(record, component, number(type, value)))
                .withMessage(message + ", but is " + value);
    }

    @ParameterizedTest
    @CsvSource({
        "vocabularySize, 3, must be at least 4",
        "width, 1, must be at least 2",
        "lstmCells, 1, must be at least 2",
        "encoderLayers, 0, must be from 1 to 40",
        "encoderLayers, 41, must be from 1 to 40",
        "decoderLayers, 0, must be from 1 to 40",
        "decoderLayers, 41, must be from 1 to 40",
        "residualFrom, 0, must be at least 1",
        "dropout, -0.1, must be from 0 to 0.99",
        "dropout, 0.995, must be from 0 to 0.99",
        "dropout, NaN, must be from 0 to 0.99",
        "maximumLength, 0, must be at least 1",
        "width, 9, must be even for a bidirectional layer",
        "lstmCells, 13, must be even for a bidirectional layer",
    })
    void network_limits(String component, String value, String limit) {
        assertRefused(TINY, component, value, component + " " + limit);
    }

    @ParameterizedTest
    @CsvSource({
        "experts, 0, must be at least 1",
        "perRow, 0, must be from 1 to 4",
        "perRow, 5, must be from 1 to 4",
        "hidden, 0, must be at least 1",
        "importanceWeight, -1, must be from 0 to 1000",
        "importanceWeight, Infinity, must be from 0 to 1000",
        "loadWeight, 1001, must be from 0 to 1000",
        "noiseFloor, 11, must be from 0 to 10",
        "noiseFloor, NaN, must be from 0 to 10",
    })
    void mixture_limits(String component, String value, String limit) {
        if (component.equals("importanceWeight") || component.equals("loadWeight") || component.equals("noiseFloor")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> with(TINY.mixture(), component, Double.valueOf(value)))
                    .withMessageStartingWith("mixture." + component + " " + limit + ", but is " + value);
        } else {
            assertRefused(TINY.mixture(), component, value, "mixture." + component + " " + limit);
        }
    }

    @Test
    void attention_limits() {
        assertRefused(TINY.attention(), "size", "0", "attention.size must be at least 1");
        assertMessage(() -> with(TINY.attention(), "heads", 0), "attention.heads must be at least 1, but is 0");
        assertMessage(
                () -> with(TINY.attention(), "heads", 4),
                "attention.size must be a multiple of attention.heads, 4, but is 6");
        assertMessage(
                () -> with(TINY, "attention", with(TINY.attention(), "heads", 3)),
                "width must be a multiple of attention.heads, 3, but is 8");
    }

    private static void assertMessage(ThrowingCallable creation, String message) {
        assertThatIllegalArgumentException().isThrownBy(creation).withMessage(message);
    }

    @Test
    void laterKeys_absent_areWhatThereWasBefore() {
        assertThat(TINY.attention().heads()).isEqualTo(1);
        assertThat(TINY.attention().contextTo()).isEqualTo(ContextTo.FIRST_LAYER);
        assertThat(TINY.layerNormalisation()).isFalse();
        assertThat(TINY.layersBothWays()).isEqualTo(1);
        assertThat(TINY.join()).isEqualTo(Join.HALVES);
        assertThat(with(TINY, "bidirectional", false).layersBothWays()).isZero();
        assertThat(with(TINY, "bothWays", BothWays.BOTTOM_IN_HALVES).layersBothWays())
                .isEqualTo(1);
        assertThat(with(TINY, "layerNormalisation", false)).isEqualTo(TINY);
    }

    @Test
    void bothWays_limits() {
        BothWays both = new BothWays(1, Join.SUMMED);
        assertMessage(() -> new BothWays(0, Join.SUMMED), "bothWays.layers must be from 1 to 40, but is 0");
        assertMessage(() -> with(both, "join", null), "bothWays.join is missing");
        assertMessage(
                () -> with(TINY, "bothWays", new BothWays(3, Join.SUMMED)),
                "bothWays.layers must be from 0 to 2, but is 3");
        assertMessage(
                () -> with(with(TINY, "bothWays", both), "bidirectional", false),
                "bothWays must be left out where bidirectional is false, but is BothWays[layers=1, join=SUMMED]");
        assertThat(with(with(TINY, "bothWays", both), "width", 9).encoderWidth(1))
                .isEqualTo(9);
    }

    /** Adding needs equal widths below and above a layer, in the layer that first reads both ways and in the first that no longer does. */
    @ParameterizedTest
    @CsvSource({"1, 3", "2, 2"})
    void concatenation_leavesTheLayersAroundItWithoutResidualConnections(int layers, int least) {
        BothWays both = new BothWays(layers, Join.CONCATENATED);
        assertMessage(
                () -> with(with(TINY, "residualFrom", least - 1), "bothWays", both),
                "residualFrom must be at least " + least + " where the outputs of " + layers
                        + " encoder layers are concatenated, but is " + (least - 1));
        NetworkConfiguration allowed = with(with(TINY, "residualFrom", least), "bothWays", both);
        assertThat(allowed.encoderWidth(0)).isEqualTo(8);
        assertThat(allowed.encoderWidth(1)).isEqualTo(16);
        assertThat(allowed.encoderWidth(2)).isEqualTo(layers == 2 ? 16 : 8);
    }

    @Test
    void contextToTheSoftmax_needsAWeightOfItsOwn() {
        NetworkConfiguration.Attention attention = with(TINY.attention(), "contextTo", ContextTo.LAYERS_AND_SOFTMAX);
        assertMessage(
                () -> with(TINY, "attention", attention),
                "sharedSoftmax must be false where the softmax reads the context (attention.contextTo is LAYERS_AND_SOFTMAX), but is true");
        assertThat(with(with(TINY, "sharedSoftmax", false), "attention", attention)
                        .softmaxWidth())
                .isEqualTo(16);
        assertThat(TINY.softmaxWidth()).isEqualTo(8);
    }

    @Test
    void contextToTheLayersAbove_needsSome() {
        NetworkConfiguration above = with(TINY, "attention", with(TINY.attention(), "contextTo", ContextTo.LAYERS));
        NetworkConfiguration.Mixture mixture = with(TINY.mixture(), "decoderAfter", List.of(1));
        assertMessage(
                () -> with(with(above, "mixture", mixture), "decoderLayers", 1),
                "decoderLayers must be at least 2 where only layers above the first read the context, but is 1");
    }

    @Test
    void absentParts_areMissing() {
        for (String component : List.of("attention", "mixture")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> with(TINY, component, null))
                    .withMessage(component + " is missing");
        }
        for (String component : List.of("form", "score")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> with(TINY.attention(), component, null))
                    .withMessage("attention." + component + " is missing");
        }
        for (String component : List.of("encoderAfter", "decoderAfter")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> with(TINY.mixture(), component, null))
                    .withMessage("mixture." + component + " is missing");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> with(TINY.mixture(), component, Arrays.asList(1, null)))
                    .withMessage("mixture." + component + " must not hold null");
        }
    }

    /** Two LSTM layers on each side. */
    @ParameterizedTest
    @CsvSource({"encoderAfter, 0", "encoderAfter, 3", "decoderAfter, 0", "decoderAfter, 3"})
    void mixturePositions_nameLayersThatExist(String component, int layer) {
        NetworkConfiguration.Mixture mixture = with(TINY.mixture(), component, List.of(1, layer));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(TINY, "mixture", mixture))
                .withMessage("mixture." + component + " must be from 1 to 2, but is " + layer);
    }

    @Test
    void oddWidths_areFineWithoutABidirectionalLayer() {
        NetworkConfiguration one = with(with(with(TINY, "bidirectional", false), "width", 9), "lstmCells", 13);
        assertThat(one.projected()).isTrue();
        assertThat(TINY.projected()).isFalse();
    }

    @Test
    void lists_areCopied() {
        List<Integer> layers = new ArrayList<>(List.of(1));
        NetworkConfiguration.Mixture mixture = with(TINY.mixture(), "encoderAfter", layers);
        layers.add(7);
        assertThat(mixture.encoderAfter()).containsExactly(1);
    }
}
