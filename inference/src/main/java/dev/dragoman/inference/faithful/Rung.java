package dev.dragoman.inference.faithful;

import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.faithful.FaithfulTranslation.Hypothesis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One way to translate a sentence.
 *
 * @param cut in what parts
 * @param rendering how the model is shown each
 * @param widened whether the search returns all that it has found, four hypotheses at least, to choose from
 */
public record Rung(Cut cut, Rendering rendering, boolean widened) {
    private static final int LEAST_BEAM = 4;
    private static final String STOPS = ".!?\u3002 ";

    /** In what parts a sentence is translated. */
    public enum Cut {
        /** As a whole. */
        NOWHERE,
        /** At the ends of clauses. */
        CLAUSES,
        /** Around every slot: the model sees none, and they stay in their order. */
        SLOTS
    }

    /**
     * What became of a sentence.
     *
     * @param sound hypotheses without fault, best first
     * @param kept one that has all slots, but is degenerate or lacks what is required; null if there is none
     */
    record Outcome(List<Hypothesis> sound, @Nullable Hypothesis kept) {}

    TranslationOptions options(TranslationOptions base) {
        if (!widened) {
            return base;
        }
        int beam = Math.max(base.beamSize(), LEAST_BEAM);
        return base.withBeam(beam, beam);
    }

    /** The parts of a sentence; null if this way does not suit it. */
    @Nullable
    List<SlottedText> parts(SlottedText sentence) {
        if (cut == Cut.SLOTS && sentence.slots().isEmpty()) {
            return null;
        }
        List<SlottedText> parts = parts(cut, sentence);
        return cut != Cut.NOWHERE && parts.size() == 1 ? null : parts;
    }

    private static List<SlottedText> parts(Cut cut, SlottedText sentence) {
        return switch (cut) {
            case NOWHERE -> List.of(sentence);
            case CLAUSES -> Parts.atClauses(sentence);
            case SLOTS -> Parts.atSlots(sentence);
        };
    }

    /** Whether a part is translated; one without a letter says the same in every language. */
    boolean asksFor(SlottedText part) {
        return cut == Cut.NOWHERE || part.hasLetter();
    }

    Outcome judge(SlottedText source, Map<String, Translation> translations) {
        if (cut == Cut.NOWHERE) {
            return judgeWhole(source, translation(source, translations));
        }
        SlotContents contents = new SlotContents(source);
        List<SlottedText> joined = new ArrayList<>();
        double score = 0;
        boolean isSound = true;
        for (SlottedText part : parts(cut, source)) {
            if (!asksFor(part)) {
                joined.add(part);
                continue;
            }
            Hypothesis best = judgeWhole(part, translation(part, translations)).sound().stream()
                    .filter(hypothesis -> hasAsMuch(contents, part, hypothesis.text()))
                    .findFirst()
                    .orElse(null);
            isSound &= best != null;
            joined.add(best == null ? part : withEndOf(part, best.text()));
            score = best == null ? score : Math.min(score, best.score());
        }
        Hypothesis whole = new Hypothesis(SlottedText.join(joined), score);
        // Texts that were sound each may make a number where they meet.
        boolean isFaithful = Fidelity.holds(source, whole.text());
        return new Outcome(
                isFaithful && isSound ? List.of(whole) : List.of(), isFaithful && cut == Cut.SLOTS ? whole : null);
    }

    /** A model likes to end what it is given as if it were a sentence: as it ended before, it ends again. */
    private static SlottedText withEndOf(SlottedText part, SlottedText translated) {
        char last = part.text().charAt(part.text().length() - 1);
        if (STOPS.indexOf(last) >= 0) {
            return translated;
        }
        boolean isClause = Parts.CLAUSE_ENDS.indexOf(last) >= 0;
        String text = translated.text();
        int end = text.length();
        while (end > 1 && (STOPS.indexOf(text.charAt(end - 1)) >= 0 || (isClause && text.charAt(end - 1) == last))) {
            end--;
        }
        SlottedText ended = translated.slice(0, end);
        return isClause ? SlottedText.join(List.of(ended, SlottedText.plain(String.valueOf(last)))) : ended;
    }

    /** Whether a part, which may have no slots itself, has got nothing that belongs to the slots of others. */
    private static boolean hasAsMuch(SlotContents contents, SlottedText part, SlottedText translated) {
        return contents.count(part.content()).equals(contents.count(translated.content()));
    }

    private Translation translation(SlottedText part, Map<String, Translation> translations) {
        String sentence = rendering.render(part);
        Translation translation = translations.get(sentence);
        if (translation == null) {
            throw new IllegalStateException(
                    "The model returned no translation for a sentence of " + sentence.length() + " characters");
        }
        return translation;
    }

    private Outcome judgeWhole(SlottedText source, Translation translation) {
        String sentence = rendering.render(source);
        List<Hypothesis> sound = new ArrayList<>();
        Hypothesis kept = null;
        for (Translation.Hypothesis hypothesis : translation.hypotheses()) {
            SlottedText text = rendering.parse(source, hypothesis);
            if (text == null || !Fidelity.holds(source, text)) {
                continue;
            }
            Degeneration degeneration = Degeneration.of(sentence, translation.sourceTokens(), hypothesis);
            Hypothesis found = new Hypothesis(text, hypothesis.score());
            if (degeneration == null && hypothesis.unmet() == 0) {
                sound.add(found);
            } else if (kept == null && degeneration != Degeneration.EMPTY) {
                kept = found;
            }
        }
        return new Outcome(sound, kept);
    }
}
