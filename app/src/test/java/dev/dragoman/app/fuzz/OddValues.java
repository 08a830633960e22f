package dev.dragoman.app.fuzz;

import java.util.List;
import java.util.Random;

/** Values that programs are known to stumble over, as text and as JSON. */
final class OddValues {
    /** In many texts: must not come back in an error. What could be a code, a single word, may. */
    static final String SECRET = "my zwieback";

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            SECRET,
            "Hello. " + SECRET + "!",
            "\0",
            "\u0007\u001b[31m",
            "\ud83d\ude00",
            "\ufeff" + SECRET,
            "\u202e\u0301\u0301",
            "\ufffe\uffff",
            "<b>" + SECRET + "</i>",
            "&#x110000;&unknown;&",
            "<![CDATA[" + SECRET + "]]><!-- ",
            "${jndi:ldap://" + SECRET + "}",
            "' OR 1=1 --",
            "../../" + SECRET,
            "%00%ff%" + SECRET,
            "%s%n%1$s",
            "\r\n\r\nX: " + SECRET,
            "null",
            "true",
            "auto",
            "en",
            "EN",
            "fr-FR-x-" + SECRET,
            "html",
            "xml",
            "i",
            "\u0130",
            "a".repeat(2_000),
            "\u4e2d".repeat(900),
            "(".repeat(500),
            "<a>".repeat(300),
            "word ".repeat(150),
            ". ".repeat(400),
            "Sentence " + SECRET + ". ".repeat(60));

    private static final List<String> NUMBERS = List.of(
            "0",
            "-0",
            "-1",
            "1",
            "3",
            "4",
            "5",
            "2147483647",
            "2147483648",
            "-2147483648",
            "-2147483649",
            "9223372036854775807",
            "9223372036854775808",
            "1e308",
            "1e309",
            "-1e999",
            "1e-400",
            "1.5",
            "3.0",
            "0.1e1",
            "00",
            "+1",
            ".5",
            "NaN",
            "Infinity",
            "0x10",
            "1".repeat(400),
            "1".repeat(1_200));

    private final Random random;

    OddValues(Random random) {
        this.random = random;
    }

    <T> T oneOf(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** Something to stand in a text, a form or a header, not yet quoted. */
    String text() {
        return random.nextInt(4) == 0 ? oneOf(NUMBERS) : oneOf(TEXTS);
    }

    /** A value of JSON of any type, some of them none. */
    String json() {
        return switch (random.nextInt(10)) {
            case 0 -> "null";
            case 1 -> random.nextBoolean() ? "true" : "false";
            case 2 -> oneOf(NUMBERS);
            case 3 -> "{\"" + SECRET + "\":" + quoted(text()) + "}";
            case 4 -> "[]";
            case 5 -> "[" + json() + "," + quoted(text()) + "," + json() + "]";
            case 6 -> nested();
            case 7 -> "[" + (quoted("Hello. " + SECRET) + ",").repeat(random.nextInt(12)) + "\"\"]";
            default -> quoted(text());
        };
    }

    private String nested() {
        int depth = oneOf(List.of(3, 50, 1_001, 20_000));
        return random.nextBoolean()
                ? "[".repeat(depth) + "]".repeat(depth)
                : "{\"q\":".repeat(depth) + "1" + "}".repeat(depth);
    }

    /** A string of JSON; lone surrogates and control characters are escaped only sometimes. */
    String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' && random.nextInt(8) > 0) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        if (random.nextInt(30) == 0) {
            quoted.append("\\ud800");
        }
        return quoted.append('"').toString();
    }
}
