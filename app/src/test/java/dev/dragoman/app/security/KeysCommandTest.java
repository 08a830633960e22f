package dev.dragoman.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysCommandTest {
    @TempDir
    Path data;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--dragoman.data=" + data);
        out.getBuffer().setLength(0);
        return KeysCommand.run(all.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
    }

    @Test
    void createListAndRevoke() {
        assertThat(run("list")).isZero();
        assertThat(out.toString()).startsWith("There are no keys");

        assertThat(run("create", "--name", "website", "--scopes", "translate,jobs", "--requests-per-minute", "60"))
                .isZero();
        String key = out.toString().strip();
        assertThat(key).matches("dgm_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}");
        String prefix = key.substring(0, 16);

        assertThat(run("list")).isZero();
        assertThat(out.toString().lines().toList())
                .hasSize(2)
                .last()
                .asString()
                .matches(prefix + " +website +translate,jobs +60 +- +0 +20\\d\\d-\\d\\d-\\d\\d +-");
        assertThat(out.toString()).doesNotContain(key.substring(17));

        try (Keys keys = TestSecurity.keys(data)) {
            assertThat(keys.find(key)).isPresent();
        }
        assertThat(run("revoke", prefix)).isZero();
        try (Keys keys = TestSecurity.keys(data)) {
            assertThat(keys.find(key)).isEmpty();
        }
        assertThat(run("revoke", prefix)).isEqualTo(1);
        assertThat(err.toString()).contains("there is no valid key " + prefix);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create | Missing required option: '--name=<name>'",
                "create --name=a --scopes=everything | scopes must be of translate, jobs and admin, separated by commas, but one is everything",
                "list --dragoman.cache.size=much | dragoman.cache.size must be a size such as 512KB or 64MB, but is much",
                "list --dragoman.modells=x | There is no property dragoman.modells",
                "create --name=a --requests-per-minute=0 | requests per minute must be from 1 to 1000000, but are 0",
                "create --name=a --requests-per-minute=many | 'many' is not an int",
                "create --name=a --verbose | Unknown argument",
                "revoke | Missing required parameter: 'PREFIX'",
                "drop | Unmatched arguments from index 0: 'drop'",
            })
    void wrongArguments(String arguments, String message) {
        assertThat(run(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void aFileThatIsNoDatabase() throws Exception {
        Files.writeString(data.resolve("dragoman.mv.db"), "no database".repeat(1000));
        assertThat(run("list")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("dragoman: The database of keys, ")
                .doesNotContain("\tat ");
    }

    @Test
    void aFileThatEndsEarly() throws Exception {
        assertThat(run("create", "--name=a")).isZero();
        Path file = data.resolve("dragoman.mv.db");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 3000));
        assertThat(run("list")).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("dragoman: The database of keys, ")
                .doesNotContain("used: null")
                .doesNotContain("\tat ");
    }
}
