package dev.dragoman.inference.faithful;

import dev.dragoman.inference.faithful.Rung.Cut;
import java.util.List;

/**
 * The ways to translate a sentence, in the order in which they are tried.
 *
 * @param rungs at least one; the first takes the sentence as a whole
 */
public record Ladder(List<Rung> rungs) {
    /**
     * What the server does, chosen by the measurements of docs/faithful-text.md: a model keeps most of what it is shown as it is and translates
     * best so; what it does not keep it is shown as a stand-in.
     */
    public static final Ladder DEFAULT = new Ladder(List.of(
            new Rung(Cut.NOWHERE, Rendering.AS_IT_IS, false),
            new Rung(Cut.NOWHERE, Rendering.BRACES, true),
            new Rung(Cut.NOWHERE, Rendering.NUMBER, true),
            new Rung(Cut.CLAUSES, Rendering.BRACES, true),
            new Rung(Cut.SLOTS, Rendering.AS_IT_IS, false)));

    public Ladder {
        rungs = List.copyOf(rungs);
        if (rungs.isEmpty() || rungs.get(0).cut() != Cut.NOWHERE) {
            throw new IllegalArgumentException("a ladder must begin with a rung that takes the sentence as a whole");
        }
    }

    /** Whether a rung shows the model something that those above it have not; to a sentence without slots all renderings are one. */
    boolean isNew(int number, SlottedText sentence) {
        Rung rung = rungs.get(number);
        return !sentence.slots().isEmpty()
                || rungs.subList(0, number).stream()
                        .noneMatch(above -> above.cut() == rung.cut() && above.widened() == rung.widened());
    }

    Rung first() {
        return rungs.get(0);
    }
}
