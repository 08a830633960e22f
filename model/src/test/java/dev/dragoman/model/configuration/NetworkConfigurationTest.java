package dev.dragoman.model.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dragoman.model.TinyNetworks;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
