package dev.dragoman.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.model.TestDevice;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The default model through the engine, with its weights in 16 bits beside the same in 32. */
@ExtendWith(TestDevice.class)
class EnginePrecisionIT {
    private static final Path DIRECTORY = Path.of("../pretrained");
    private static final String KERNELS = "dragoman.cpu-kernels";
    private static final String PRECISION = "dragoman.engine.precision";
    private static final List<String> PROPERTIES = List.of(KERNELS, PRECISION);

    private static final List<String> SENTENCES = List.of(
            "Open the file.",
            "The package could not be installed.",
            "Do you want to replace the existing file?",
            "Enter the name of the user and the password.",
            "The connection to the server was lost.",
            "Show hidden files",
            "This option is not available in this version of the program.",
            "Press any key to continue.",
            "The selected folder does not contain any pictures.",
            "Unable to read the configuration file.");

    private final String[] before = new String[PROPERTIES.size()];

    @BeforeEach
    void remember() {
        for (int i = 0; i < before.length; i++) {
            before[i] = System.getProperty(PROPERTIES.get(i));
        }
        System.setProperty(KERNELS, "none");
    }

    @AfterEach
    void restore() {
        for (int i = 0; i < before.length; i++) {
            if (before[i] == null) {
                System.clearProperty(PROPERTIES.get(i));
            } else {
                System.setProperty(PROPERTIES.get(i), before[i]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"fr, bfloat16, 0.05", "de, bfloat16, 0.05", "fr, float16, 0.01", "de, float16, 0.01"})
    void sixteenBits_sayWhatFloat32Says(String target, String precision, double most) {
        for (TranslationOptions options : List.of(TranslationOptions.GREEDY, TranslationOptions.BEAM_4)) {
            List<Translation.Hypothesis> exact = best("float32", target, options);
            List<Translation.Hypothesis> narrow = best(precision, target, options);
            int equal = 0;
            double difference = 0;
            for (int i = 0; i < SENTENCES.size(); i++) {
                if (narrow.get(i).text().equals(exact.get(i).text())) {
                    equal++;
                    difference = Math.max(
                            difference,
                            Math.abs(narrow.get(i).score() - exact.get(i).score()));
                }
            }
            // Where the best two are as probable as each other, rounding may choose; seldom so.
            assertThat(equal).isGreaterThanOrEqualTo(SENTENCES.size() - 1);
            assertThat(difference).isBetween(1e-6, most);
        }
    }

    private static List<Translation.Hypothesis> best(String precision, String target, TranslationOptions options) {
        System.setProperty(PRECISION, precision);
        try (Translator translator = Translator.open(DIRECTORY)) {
            assertThat(translator.computedBy())
                    .isEqualTo(
                            "PyTorch on " + TestDevice.get() + (precision.equals("float32") ? "" : " in " + precision));
            return translator.translate(SENTENCES, new LanguagePair("en", target), options).stream()
                    .map(translation -> translation.hypotheses().get(0))
                    .toList();
        }
    }
}
