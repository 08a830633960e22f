package dev.dragoman.inference.faithful;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProtectedSpansTest {
    /** What is protected is shown in angle quotes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                // printf, Qt, Python, Ruby, Windows
                "Copied %s to %d files. | Copied «%s» to «%d» files.",
                "%1$s has %2$-5.2f of %3$lld | «%1$s» has «%2$-5.2f» of «%3$lld»",
                "Line %1 of %L2, %n time(s) | Line «%1» of «%L2», «%n» time(s)",
                "Dear %(user)s, %{count} and %<total>.2f of %% | Dear «%(user)s», «%{count}» and «%<total>.2f» of «%%»",
                "Open %HOME% with %@ | Open «%HOME%» with «%@»",
                "%dpx and %ds | «%d»px and «%d»s",
                "100% of it, 5 % off, 50%. | 100% of it, 5 % off, 50%.",
                "100%s or 5%down | 100«%s» or 5%down",
                // Java, .NET, ICU, Fluent, mustache and their kin
                "{0} of {1,number,#.##} in {name} | «{0}» of «{1,number,#.##}» in «{name}»",
                "{0:N2}, {}, {:>8.2f}, {x!r} and { $name } | «{0:N2}», «{}», «{:>8.2f}», «{x!r}» and «{ $name }»",
                "{n, plural, one {# file. Now} other {# files}}! | «{n, plural, one {# file. Now} other {# files}}»!",
                "Hi {{name}}, {{{raw html}}} {% if x %} {{#each items}} | Hi «{{name}}», «{{{raw html}}}» «{% if x %}» «{{#each items}}»",
                "The set {of all things} is {open | The set {of all things} is {open",
                // shells, Perl, Ruby
                "In $HOME, ${PATH:-/bin} or $(pwd) as $1 | In «$HOME», «${PATH:-/bin}» or «$(pwd)» as «$1»",
                "Cost #{item.price} for $user->name | Cost «#{item.price}» for «$user->name»",
                "<0>Click</0> here<1/>, a <b>tag</b> | «<0>»Click«</0>» here«<1/>», a <b>tag</b>",
                "Type `rm -rf %s` or ``a`b`` | Type «`rm -rf %s`» or «``a`b``»",
                // addresses
                "See https://example.org/a?b=c&d=%20e#f. | See «https://example.org/a?b=c&d=%20e#f».",
                "(http://en.wikipedia.org/wiki/A_(b)), www.gnu.org/x, | («http://en.wikipedia.org/wiki/A_(b)»), «www.gnu.org/x»,",
                "Mail a.b+c@mail.example.org or mailto:x@y.z! | Mail «a.b+c@mail.example.org» or «mailto:x@y.z»!",
                "At docs.example.com:8080/x or example.org; end.Now | At «docs.example.com:8080/x» or «example.org»; end.Now",
                "The news: it is e.g. A.B. and etc.and | The news: it is e.g. A.B. and etc.and",
                // pictures
                "Done \uD83D\uDC4D\uD83C\uDFFD \u2714\uFE0F \u00A9 \uFFFC | Done «\uD83D\uDC4D\uD83C\uDFFD» «\u2714\uFE0F» \u00A9 «\uFFFC»",
            })
    void ofText(String text, String shown) {
        assertThat(shown(ProtectedSpans.ofText(text))).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "In 2024 it grew by 1,000.5 or 10 000. | In «2024» it grew by «1,000.5» or «10 000».",
                "On 2024-01-31 at 12:30:45, 31/01/2024 | On «2024-01-31» at «12:30:45», «31/01/2024»",
                "At 2024-01-31T12:00:00Z version v1.2.3 or 2.0-rc1 | At «2024-01-31T12:00:00Z» version «v1.2.3» or «2.0-rc1»",
                "From -5 to +3.5e-7, 0xFF and 5GB | From «-5» to «+3.5e-7», «0xFF» and «5GB»",
                "50% of 16-bit pages 3-7 (2) | «50»% of «16»-bit pages «3-7» («2»)",
                "The 1st, 2nd and 21st of the 1980s, IPv4, utf8, x86_64, MP3 | The 1st, 2nd and 21st of the 1980s, IPv4, utf8, x86_64, MP3",
                "Costs $5.00 or 3\u20AC; tel. 1-800-555 | Costs $«5.00» or «3»\u20AC; tel. «1-800-555»",
                "\u0663\u0664 is 34 | «\u0663\u0664» is «34»",
                "{0}5 and http://x.org/5 5 | «{0}»«5» and «http://x.org/5» «5»",
            })
    void ofSentence(String text, String shown) {
        assertThat(shown(ProtectedSpans.ofSentence(text))).isEqualTo(shown);
    }

    @Test
    void ofText_knowsWhatIsFilledByItsPlace() {
        assertThat(ProtectedSpans.ofText("%s %1$s %-5d {} {0} {:x} %(n)s").slots())
                .extracting(Slot::kind)
                .containsExactly(
                        Slot.Kind.POSITIONAL,
                        Slot.Kind.WORD,
                        Slot.Kind.POSITIONAL,
                        Slot.Kind.POSITIONAL,
                        Slot.Kind.WORD,
                        Slot.Kind.POSITIONAL,
                        Slot.Kind.WORD);
    }

    @Test
    void content_isTheText() {
        Random random = new Random(3);
        List<String> parts = List.of(
                "%",
                "s",
                "{",
                "}",
                "$",
                "5",
                ",",
                ".",
                " ",
                "@",
                "http://",
                "a",
                "-",
                "`",
                "<",
                "0",
                "/",
                ">",
                "\uFFFC",
                "(",
                ")",
                "#",
                "\uD83D\uDE00",
                "\n");
        for (int i = 0; i < 20_000; i++) {
            String text = random.ints(random.nextInt(15), 0, parts.size())
                    .mapToObj(parts::get)
                    .collect(Collectors.joining());
            assertThat(ProtectedSpans.ofText(text).content()).isEqualTo(text);
            assertThat(ProtectedSpans.ofSentence(text).content()).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%",
                "{",
                "${",
                "{a,b",
                "$(",
                "`a",
                "a.",
                "a@",
                "1.",
                "1 ",
                "http://",
                "a-",
                "{{",
                "<1",
                "%(",
                "+1",
                "aaaaaaaaa,",
                "\uD83D\uDE00"
            })
    @Timeout(5)
    void ofSentence_ofALongTextTakesNoTimeToSpeakOf(String repeated) {
        String text = repeated.repeat(50_000 / repeated.length());
        assertThat(ProtectedSpans.ofSentence(text).content()).isEqualTo(text);
    }

    @Test
    @Timeout(5)
    void ofSentence_ofOneLongWordTakesNoTimeToSpeakOf() {
        String text = "a".repeat(1_000_000) + "," + "{{".repeat(50_000);
        assertThat(ProtectedSpans.ofSentence(text).content()).isEqualTo(text);
    }

    private static String shown(SlottedText text) {
        return text.render(plain -> plain, slot -> "\u00AB" + slot.content() + "\u00BB");
    }
}
