package dev.dragoman.app.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.translation.MarkupText.Run;
import dev.dragoman.app.translation.TextForm.Markup;
import dev.dragoman.app.translation.TextForm.Outline;
import dev.dragoman.app.translation.TextForm.Splitting;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkupTextTest {
    private static final TextForm XML = new TextForm(Markup.XML, Splitting.SENTENCES, Set.of("x"));

    /** What is kept is shown in brackets. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "One <b>two</b> three | One [<b>]two[</b>] three",
                "<p class='a>b'>One</p> | [<p class='a>b'>]One[</p>]",
                "One<br/>two<!-- <b> -->three | One[<br/>]two[<!-- <b> -->]three",
                "1 < 2 > 1 <3 | 1 < 2 > 1 <3",
                "One <b | One <b",
                "One <b title='x> two | One [<b title='x>] two",
                "a &amp; b &foo; &#233; &; | a &amp; b [&foo;] &#233; &;",
                "<!DOCTYPE html><?php x ?>One | [<!DOCTYPE html>][<?php x ?>]One",
                "One <span translate=\"no\">two <span>x</span> y</span> | One [<span translate=\"no\">two <span>x</span> y</span>]",
                "<em class='notranslate'>two | [<em class='notranslate'>two]",
                "<script>if (a<b) '<script>'</script>One | [<script>if (a<b) '<script>'</script>]One",
                "<img class=notranslate>One | [<img class=notranslate>]One",
            })
    void runs_ofHtml(String markup, String runs) {
        assertThat(shown(markup, TextForm.HTML)).isEqualTo(runs);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<x id=\"7\"></x> of <x/>seven | [<x id=\"7\"></x>] of [<x/>]seven",
                "<X>code</X> One | [<X>code</X>] One",
                "<script>One</script> | [<script>]One[</script>]",
                "<![CDATA[ <b> ]]>One | [<![CDATA[ <b> ]]>]One",
            })
    void runs_ofXmlWithAnIgnoredElement(String markup, String runs) {
        assertThat(shown(markup, XML)).isEqualTo(runs);
    }

    /** Inline tags are shown in brackets, blocks in braces, elements that stand for a word in angle brackets. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTML | <p>A <b>b</b><br>c <x-y>d</x-y></p><!-- e --><i translate='no'>f</i> | {<p>}A [<b>]b[</b>]{<br>}c [<x-y>]d[</x-y>]{</p>}[<!-- e -->](<i translate='no'>f</i>)",
                "HTML | <style>a</style>&foo; b | {<style>a</style>}(&foo;) b",
                "XML | <d><p>A <b><i>b</i></b></p><p><e>c</e></p></d> | {<d>}{<p>}A [<b>][<i>]b[</i>][</b>]{</p>}{<p>}{<e>}c{</e>}{</p>}{</d>}",
                "XML | A <x>b</x> <c/> <x/> d | A (<x>b</x>) [<c/>] (<x/>) d",
                "XML | <x>b</x> | {<x>b</x>}",
            })
    void runs_kinds(Markup markup, String text, String expected) {
        assertThat(kinds(text, markup == Markup.XML ? XML : TextForm.HTML)).isEqualTo(expected);
    }

    /** As above; {@code br} always ends a sentence and {@code p} never does. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTML | true | <p>A <BR>b</p> <div>c</div> | [<p>]A {<BR>}b[</p>] {<div>}c{</div>}",
                "HTML | false | A <br>b <div>c</div> | A {<br>}b {<div>}c{</div>}",
                "XML | true | A <br/>b <i>c</i> | A {<br/>}b [<i>]c[</i>]",
                "XML | true | A <br><i>b</i></br> | A {<br>}{<i>}b{</i>}{</br>}",
                "XML | true | <d><p>A</p><e>b</e></d> | {<d>}[<p>]A[</p>]{<e>}b{</e>}{</d>}",
                "XML | false | <d><e>A</e><br/><e>b</e>&foo;</d> | [<d>][<e>]A[</e>]{<br/>}[<e>]b[</e>](&foo;)[</d>]",
            })
    void runs_kindsByNames(Markup markup, boolean isDetected, String text, String expected) {
        Outline outline = new Outline(Set.of("br"), Set.of("p", "br"), isDetected);
        assertThat(kinds(text, new TextForm(markup, Splitting.SENTENCES, Set.of(), outline)))
                .isEqualTo(expected);
    }

    private static String kinds(String text, TextForm form) {
        return MarkupText.runs(text, form).stream()
                .map(run -> switch (run.kind()) {
                    case TEXT -> run.content();
                    case INLINE_TAG -> "[" + run.content() + "]";
                    case BLOCK_TAG -> "{" + run.content() + "}";
                    case ELEMENT -> "(" + run.content() + ")";
                })
                .collect(Collectors.joining());
    }

    @Test
    void visible_isWhatAReaderSees() {
        assertThat(MarkupText.visible("<p>Caf&eacute; &amp; th&#233;<br>ici</p>", TextForm.HTML))
                .isEqualTo("Caf\u00e9 & th\u00e9 ici");
        assertThat(MarkupText.visible("<p>", TextForm.PLAIN)).isEqualTo("<p>");
    }

    @Test
    void runs_joinToTheText() {
        Random random = new Random(5);
        String alphabet = "<<>>/&;!-x b'\"?=[]";
        for (int i = 0; i < 20_000; i++) {
            String markup = random.ints(random.nextInt(25), 0, alphabet.length())
                    .mapToObj(at -> alphabet.substring(at, at + 1))
                    .collect(Collectors.joining());
            for (TextForm form : new TextForm[] {TextForm.HTML, XML}) {
                assertThat(MarkupText.runs(markup, form).stream()
                                .map(Run::content)
                                .collect(Collectors.joining()))
                        .isEqualTo(markup);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"<", "<a ", "<a '", "<!--", "<!--x>", "&", "&a;", "<x>", "</x>", "<a'>", "<a></b>", "<a>b"})
    @Timeout(5)
    void runs_ofALongTextTakeNoTimeToSpeakOf(String repeated) {
        assertThat(MarkupText.runs(repeated.repeat(50_000 / repeated.length()), XML))
                .isNotEmpty();
    }

    private static String shown(String markup, TextForm form) {
        return MarkupText.runs(markup, form).stream()
                .map(run -> run.isText() ? run.content() : "[" + run.content() + "]")
                .collect(Collectors.joining());
    }
}
