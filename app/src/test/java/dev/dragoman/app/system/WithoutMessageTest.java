package dev.dragoman.app.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class WithoutMessageTest {
    @Test
    void printed_typesAndPlacesAlone() {
        Exception fault = new IllegalStateException("about my zwieback", new IllegalArgumentException("my zwieback"));
        StringWriter printed = new StringWriter();
        new WithoutMessage(fault).printStackTrace(new PrintWriter(printed));
        assertThat(printed.toString())
                .startsWith("java.lang.IllegalStateException")
                .contains("Caused by: java.lang.IllegalArgumentException")
                .contains("at dev.dragoman.app.system.WithoutMessageTest.printed_typesAndPlacesAlone")
                .doesNotContain("zwieback");
    }
}
