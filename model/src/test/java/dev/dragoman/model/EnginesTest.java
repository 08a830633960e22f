package dev.dragoman.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.util.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnginesTest {
    private static final String[] NAMES = {"OPT_OUT_TRACKING", "ai.djl.offline"};
    private final String[] before = new String[NAMES.length];

    @BeforeEach
    void remember() {
        for (int i = 0; i < NAMES.length; i++) {
            before[i] = System.getProperty(NAMES[i]);
            System.clearProperty(NAMES[i]);
        }
    }

    @AfterEach
    void restore() {
        for (int i = 0; i < NAMES.length; i++) {
            if (before[i] == null) {
                System.clearProperty(NAMES[i]);
            } else {
                System.setProperty(NAMES[i], before[i]);
            }
        }
    }

    @Test
    void prepare_optsOutOfReportsAndDownloads() {
        Engines.prepare();
        Engines.prepare();
        assertThat(System.getProperty("OPT_OUT_TRACKING")).isEqualTo("true");
        assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
        // What DJL itself asks before it reports.
        assertThat(Utils.getEnvOrSystemProperty("OPT_OUT_TRACKING")).isEqualTo("true");
        assertThat(Utils.isOfflineMode()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPT_OUT_TRACKING", "ai.djl.offline"})
    void prepare_leavesTheUsersChoice(String name) {
        System.setProperty(name, "false");
        Engines.prepare();
        assertThat(System.getProperty(name)).isEqualTo("false");
    }
}
