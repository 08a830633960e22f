package dev.dragoman.inference.search;

/**
 * What the target of one sentence has to begin with, to contain and not to contain, as an automaton that reads it id by id.
 *
 * <p>A state is a number that stands for all that matters of the ids so far; {@link #START} is that of none. What is required has a number of
 * tokens, of which a state has met some: a target may end where nothing is missing. A constraint belongs to one sentence and is confined
 * to the thread that searches it, so that it may remember states.
 */
public interface TargetConstraint {
    /** The state before the first id. */
    int START = 0;

    /** The state of a target that must not be. */
    int REFUSED = -1;

    /** Ids with which the target begins; none of them is refused. May be empty. */
    int[] prefix();

    /** The state behind one more id, {@code </s>} excepted, or {@link #REFUSED}. */
    int next(int state, int id);

    /**
     * How many ids {@link #next} refuses in a state: as many more continuations have to be asked for. A number too small may cost a better
     * translation and nothing else.
     */
    int refusals(int state);

    /** Ids that lead on towards what is missing, none of them twice; the search has them looked at whatever their rank. */
    int[] wanted(int state);

    /** Tokens of all that is required; 0 if nothing is. */
    int required();

    /** How many tokens of what is required a state has met, 0 to {@link #required()}; may fall when a phrase that was begun breaks off. */
    int met(int state);

    /** How many required phrases would be missing if the target ended in a state; 0 exactly where all tokens are met. */
    int missing(int state);
}
