package dev.dragoman.training.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.inference.LanguagePair;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ModelArgumentsTest {
    private static final List<LanguagePair> SERVED = List.of(ShoutingTranslator.FRENCH, ShoutingTranslator.GERMAN);

    @Test
    void direction_whatTheOptionsSay() {
        assertThat(direction("en", "de", SERVED)).isEqualTo(ShoutingTranslator.GERMAN);
        assertThat(direction(null, "fr", SERVED)).isEqualTo(ShoutingTranslator.FRENCH);
        assertThat(direction(null, null, List.of(ShoutingTranslator.GERMAN))).isEqualTo(ShoutingTranslator.GERMAN);
    }

    @Test
    void direction_noneOrSeveral() {
        assertThatThrownBy(() -> direction("en", null, SERVED))
                .isInstanceOf(CommandException.class)
                .hasMessage("several directions fit --source en --target (any); the model serves [en-fr, en-de]");
        assertThatThrownBy(() -> direction("fr", "en", SERVED))
                .isInstanceOf(CommandException.class)
                .hasMessage("no direction fits --source fr --target en; the model serves [en-fr, en-de]");
    }

    private static LanguagePair direction(@Nullable String source, @Nullable String target, List<LanguagePair> served) {
        ModelArguments arguments = new ModelArguments();
        arguments.source = source;
        arguments.target = target;
        return arguments.direction(served);
    }
}
