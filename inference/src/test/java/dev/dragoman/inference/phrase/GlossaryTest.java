package dev.dragoman.inference.phrase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dragoman.inference.phrase.Glossary.Term;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlossaryTest {
    private final Glossary glossary = new Glossary(List.of(
            new Term("server", "Server"),
            new Term("web server", "Webserver"),
            new Term("C++", "C++"),
            new Term("\u30b5\u30fc\u30d0\u30fc", "server"),
            new Term("server", "Rechner")));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            The server is down.            | [Server]
            server                         | [Server]
            Restart the web server.        | [Webserver]
            A web  server, not a server!   | [Webserver, Server]
            The servers and Server         | []
            webserver and server2          | []
            server-side                    | [Server]
            written in C++.                | [C++]
            \u65b0\u3057\u3044\u30b5\u30fc\u30d0\u30fc\u3067\u3059 | [server]
            """)
    void targets_ofWholeWords_longestFirst(String sentence, String expected) {
        assertThat(glossary.targets(sentence)).hasToString(expected);
    }

    @Test
    void term_ofNothing_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Term(" ", "a"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Term("a", "\t"));
    }
}
