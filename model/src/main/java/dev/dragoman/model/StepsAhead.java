package dev.dragoman.model;

import ai.djl.ndarray.NDList;
import java.util.List;

/**
 * Steps that one call has taken, of which the first was asked for: in the others each row has read its own best continuation. They are
 * what is asked for next where the search is greedy and no sentence comes in; rows that have ended meanwhile are left unread.
 */
final class StepsAhead {
    private final StepResults told;
    private final List<NDList> states;
    private int taken = 1;

    /**
     * @param told of the steps
     * @param states after each of them
     */
    StepsAhead(StepResults told, List<NDList> states) {
        this.told = told;
        this.states = states;
    }

    /** Whether none is left. */
    boolean isSpent() {
        return taken == states.size();
    }

    /**
     * Whether the next of them is what is asked for.
     *
     * @param from of each row its number among those of the call
     */
    boolean fits(int[] lastIds, int[] from, int candidates) {
        if (isSpent() || candidates != told.candidates()) {
            return false;
        }
        for (int i = 0; i < lastIds.length; i++) {
            if (lastIds[i] != told.best(taken - 1, from[i])) {
                return false;
            }
        }
        return true;
    }

    /** Takes the next. */
    RowSteps.Ranking take(DeviceRows rows, int[] from) {
        rows.advance(states.get(taken));
        taken++;
        return told.ranking(taken - 1, from);
    }
}
