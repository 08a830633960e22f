package dev.dragoman.model.configuration;

import static dev.dragoman.model.configuration.NetworkConfigurationTest.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dragoman.model.TinyModels;
import dev.dragoman.model.TinyNetworks;
import dev.dragoman.model.configuration.ModelConfiguration.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelConfigurationTest {
    private static final ModelConfiguration TINY = TinyModels.configuration(TinyNetworks.parallel(11));

    @ParameterizedTest
    @CsvSource({"padId, -1", "padId, 11", "bosId, -1", "bosId, 11", "eosId, -1", "eosId, 11"})
    void ids_areInTheVocabulary(String component, int value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(TINY, component, value))
                .withMessage(component + " must be from 0 to 10, but is " + value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "directions", "network"})
    void absentParts_areMissing(String component) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(TINY, component, null))
                .withMessage(component + " is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"source", "target", "prefix"})
    void absentPartsOfADirection_areMissing(String component) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(new Direction("en", "fr", ""), component, null))
                .withMessage(component + " of a direction is missing");
    }

    @Test
    void directions_areAtLeastOne_andNotNull() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(TINY, "directions", List.of()))
                .withMessage("directions must name at least one direction, but is empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(TINY, "directions", Arrays.asList(new Direction("en", "fr", ""), null)))
                .withMessage("directions must not hold null");
    }

    @Test
    void directions_areCopied() {
        List<Direction> directions = new ArrayList<>(List.of(new Direction("en", "fr", "")));
        ModelConfiguration configuration = with(TINY, "directions", directions);
        directions.clear();
        assertThat(configuration.directions()).hasSize(1);
    }
}
