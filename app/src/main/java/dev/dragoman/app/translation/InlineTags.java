package dev.dragoman.app.translation;

import dev.dragoman.app.translation.MarkupText.Kind;
import dev.dragoman.app.translation.MarkupText.Run;
import dev.dragoman.app.translation.TextForm.Outline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells tags within a sentence from those that end one: in HTML by their names, in XML, whose names say nothing, by what they stand beside. An
 * element is inline there if the element that it is in has text of its own, or is inline itself. What a caller says of a name goes before both.
 */
final class InlineTags {
    /** Phrasing content of HTML, old names among it; a line break ends a sentence. */
    private static final Set<String> HTML = Set.of(
            "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
            "img", "ins", "kbd", "label", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
            "strong", "sub", "sup", "time", "tt", "u", "var", "wbr");

    private static final Pattern TAG = Pattern.compile("<(/?)([^\\s/>]+).*?(/?)>", Pattern.DOTALL);

    private final Outline outline;

    InlineTags(Outline outline) {
        this.outline = outline;
    }

    List<Run> ofHtml(List<Run> runs) {
        return runs.stream()
                .map(run -> classified(run, isHtmlInline(run.content())))
                .toList();
    }

    private Run classified(Run run, boolean isInline) {
        if (run.isText() || run.content().startsWith("&")) {
            return run;
        }
        String name = name(run.content());
        boolean staysInline =
                !outline.splitting().contains(name) && (outline.nonSplitting().contains(name) || isInline);
        return staysInline ? run : new Run(run.content(), Kind.BLOCK_TAG);
    }

    /** In lower case; empty of what is no tag. */
    private static String name(String markup) {
        Matcher tag = TAG.matcher(markup);
        return tag.lookingAt() ? tag.group(2).toLowerCase(Locale.ROOT) : "";
    }

    private static boolean isHtmlInline(String markup) {
        Matcher tag = TAG.matcher(markup);
        // Custom elements have a hyphen, and are inline unless a style sheet says otherwise.
        return markup.startsWith("<!--")
                || (tag.lookingAt()
                        && (HTML.contains(tag.group(2).toLowerCase(Locale.ROOT))
                                || tag.group(2).indexOf('-') > 0));
    }

    /** An element, or the whole text. */
    private static final class Frame {
        private final String name;
        private final @Nullable Frame parent;
        private boolean hasText;
        /** Whether what is in it is inline. */
        private boolean isMixed;

        Frame(String name, @Nullable Frame parent) {
            this.name = name;
            this.parent = parent;
        }
    }

    List<Run> ofXml(List<Run> runs) {
        List<Frame> frames = new ArrayList<>();
        List<Frame> parents = parents(runs, frames);
        // Parents come before their children.
        for (Frame frame : frames) {
            boolean isInMixed = frame.parent != null
                    && frame.parent.isMixed
                    && !outline.splitting().contains(frame.name.toLowerCase(Locale.ROOT));
            frame.isMixed = frame.hasText || isInMixed;
        }
        List<Run> classified = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            classified.add(classified(runs.get(i), !outline.isDetected() || parents.get(i).isMixed));
        }
        return classified;
    }

    /** For each run the element that it is in; all elements go to {@code frames}. */
    private static List<Frame> parents(List<Run> runs, List<Frame> frames) {
        Deque<Frame> open = new ArrayDeque<>();
        Map<String, Integer> openNames = new HashMap<>();
        open.push(new Frame("", null));
        frames.add(open.getFirst());
        List<Frame> parents = new ArrayList<>();
        for (Run run : runs) {
            Matcher tag = TAG.matcher(run.content());
            boolean isTag = run.kind() == Kind.INLINE_TAG && tag.lookingAt();
            boolean isEnd = isTag && !tag.group(1).isEmpty();
            if (isEnd && openNames.getOrDefault(tag.group(2), 0) > 0) {
                Frame closed;
                do {
                    closed = open.pop();
                    openNames.merge(closed.name, -1, Integer::sum);
                } while (!closed.name.equals(tag.group(2)));
            }
            Frame parent = open.getFirst();
            parents.add(parent);
            parent.hasText |= run.isText() && !run.content().isBlank();
            if (isTag
                    && !isEnd
                    && tag.group(3).isEmpty()
                    && Character.isLetter(tag.group(2).charAt(0))) {
                Frame frame = new Frame(tag.group(2), parent);
                frames.add(frame);
                open.push(frame);
                openNames.merge(frame.name, 1, Integer::sum);
            }
        }
        return parents;
    }
}
