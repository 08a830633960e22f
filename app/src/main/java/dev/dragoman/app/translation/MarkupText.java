package dev.dragoman.app.translation;

import dev.dragoman.app.translation.TextForm.Markup;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A text with tags, cut into what is kept as it is and the text between.
 *
 * <p>Kept are tags, comments, CDATA sections, declarations and references to entities that are not known, and whole elements: those to be
 * ignored by name, those with {@code translate="no"} or the class {@code notranslate}, and in HTML {@code script} and {@code style}. A {@code <}
 * that begins nothing of these is text. Joined again, the runs are the text that was cut, character for character.
 */
final class MarkupText {
    private static final Set<String> NO_TEXT = Set.of("script", "style");

    private static final Set<String> VOID = Set.of(
            "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr");

    /** What a run is to the sentences around it. */
    enum Kind {
        /** Text to be translated, with entities as they were written. */
        TEXT,
        /** Stands for a word: an element that is kept as a whole, or an unknown entity. */
        ELEMENT,
        /** A tag or a comment within a sentence. */
        INLINE_TAG,
        /** What ends a sentence. */
        BLOCK_TAG
    }

    /** A part of the text. */
    record Run(String content, Kind kind) {
        boolean isText() {
            return kind == Kind.TEXT;
        }
    }

    private final String markup;
    private final TextForm form;
    private final List<Run> runs = new ArrayList<>();
    /** No tag ends behind it, so none has to be looked for. */
    private final int lastTagEnd;

    private int textStart;
    /** Whether what was found last stands for a word. */
    private boolean isElement;

    private MarkupText(String markup, TextForm form) {
        this.markup = markup;
        this.form = form;
        this.lastTagEnd = markup.lastIndexOf('>');
    }

    /** The runs of a text in its order, none of them empty. */
    static List<Run> runs(String markup, TextForm form) {
        MarkupText cut = new MarkupText(markup, form);
        cut.cut();
        InlineTags tags = new InlineTags(form.outline());
        return form.markup() == Markup.HTML ? tags.ofHtml(cut.runs) : tags.ofXml(cut.runs);
    }

    /** What a reader sees of a text, for telling its language. */
    static String visible(String text, TextForm form) {
        return form.markup() == Markup.NONE
                ? text
                : runs(text, form).stream()
                        .filter(Run::isText)
                        .map(run -> Entities.decode(run.content()))
                        .collect(Collectors.joining(" "));
    }

    private void cut() {
        int at = 0;
        while (at < markup.length()) {
            int end = endOfKept(at);
            if (end > at) {
                add(markup.substring(textStart, at), Kind.TEXT);
                add(markup.substring(at, end), isElement ? Kind.ELEMENT : Kind.INLINE_TAG);
                textStart = end;
                at = end;
            } else {
                at++;
            }
        }
        add(markup.substring(textStart), Kind.TEXT);
    }

    private void add(String content, Kind kind) {
        if (!content.isEmpty()) {
            runs.add(new Run(content, kind));
        }
    }

    /** Where what is kept from {@code at} on ends; {@code at} itself if text begins there. */
    private int endOfKept(int at) {
        char first = markup.charAt(at);
        isElement = first == '&';
        if (isElement) {
            return Entities.endOfUnknown(markup, at);
        }
        if (first != '<') {
            return at;
        }
        int end = endOfTag(at);
        isElement = end > at && (isKeptWhole(at, end) || markup.startsWith("<![CDATA[", at) || isIgnoredAlone(at, end));
        return end > at && isKeptWhole(at, end) ? endOfElement(at, end) : end;
    }

    /** Such as {@code <x/>}. */
    private boolean isIgnoredAlone(int at, int end) {
        return markup.charAt(end - 2) == '/' && form.ignoredTags().contains(name(at + 1));
    }

    private int endOfTag(int at) {
        if (at > lastTagEnd) {
            return at;
        }
        if (markup.startsWith("<!--", at)) {
            return endAfter("-->", at);
        }
        if (markup.startsWith("<![CDATA[", at)) {
            return endAfter("]]>", at);
        }
        int next = at + 1;
        if (next < markup.length() && (markup.charAt(next) == '!' || markup.charAt(next) == '?')) {
            return endAfter(">", at);
        }
        int name = next < markup.length() && markup.charAt(next) == '/' ? next + 1 : next;
        if (name >= markup.length() || !isNameStart(markup.charAt(name))) {
            return at;
        }
        char quote = 0;
        for (int i = name; i < markup.length(); i++) {
            char c = markup.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '>') {
                return i + 1;
            }
        }
        // A quote that is never closed.
        return endAfter(">", at);
    }

    private int endAfter(String end, int at) {
        int found = markup.indexOf(end, at);
        return found < 0 ? at : found + end.length();
    }

    private static boolean isNameStart(char c) {
        return Character.isLetter(c) || c == '_' || c == ':';
    }

    private boolean isKeptWhole(int at, int end) {
        if (!isNameStart(markup.charAt(at + 1)) || markup.charAt(end - 2) == '/') {
            return false;
        }
        String name = name(at + 1);
        if (form.markup() == Markup.HTML && VOID.contains(name)) {
            return false;
        }
        return form.ignoredTags().contains(name)
                || (form.markup() == Markup.HTML && NO_TEXT.contains(name))
                || hasNoTranslate(markup.substring(at, end).toLowerCase(Locale.ROOT));
    }

    private static boolean hasNoTranslate(String tag) {
        return tag.contains("translate=\"no\"") || tag.contains("translate='no'") || tag.contains("notranslate");
    }

    private String name(int start) {
        int end = start;
        while (end < markup.length() && !isNameEnd(markup.charAt(end))) {
            end++;
        }
        return markup.substring(start, end).toLowerCase(Locale.ROOT);
    }

    private static boolean isNameEnd(char c) {
        return Character.isWhitespace(c) || c == '>' || c == '/';
    }

    /** Where the element that begins with a tag ends: at its own end tag, or with the text if it has none. */
    private int endOfElement(int at, int endOfTag) {
        String name = name(at + 1);
        boolean nests = !NO_TEXT.contains(name) || form.markup() == Markup.XML;
        int depth = 1;
        for (int i = markup.indexOf('<', endOfTag); i >= 0; i = markup.indexOf('<', i + 1)) {
            boolean closes = markup.startsWith("/", i + 1);
            if (!name(closes ? i + 2 : i + 1).equals(name)) {
                continue;
            }
            int end = endOfTag(i);
            if (closes) {
                depth--;
            } else if (nests && end > i && markup.charAt(end - 2) != '/') {
                depth++;
            }
            if (depth == 0) {
                return Math.max(end, i + 1);
            }
        }
        return markup.length();
    }
}
