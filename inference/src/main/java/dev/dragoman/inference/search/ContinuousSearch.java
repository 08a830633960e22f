package dev.dragoman.inference.search;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Beam searches of many sentences over one decoder session, each of which enters and leaves at any step.
 *
 * <p>At every step all sentences that are in advance by one token. What has ended or was cancelled leaves before the next one, and what was
 * admitted meanwhile takes the free rows. Each sentence has its own beam and options; {@link Beam} has the rules by which it is searched.
 * Sentences do not influence one another.
 *
 * <p>When a step throws, the session's state is unknown: close the search, and search what was in it anew. Confined to one thread. Nothing
 * is allocated for a step while the sentences stay the same, but for alignments and constraints where these are asked for.
 */
public final class ContinuousSearch implements AutoCloseable {
    private static final int[] NO_ROWS = {};

    private final DecoderSession session;
    private final int bosId;
    private final int eosId;

    /** A sentence in the rows of the session. */
    private record Entry(SearchTask task, Beam beam) {}

    private final List<Entry> live = new ArrayList<>();
    private final List<SearchTask> entering = new ArrayList<>();

    private final ArraysByLength lastIds = new ArraysByLength();
    private final ArraysByLength origins = new ArraysByLength();
    private int stepRows;

    /**
     * Takes ownership of a session without rows.
     *
     * @param bosId the id fed at a sentence's first step
     * @param eosId the id that finishes a hypothesis
     */
    public ContinuousSearch(DecoderSession session, int bosId, int eosId) {
        this.session = session;
        this.bosId = bosId;
        this.eosId = eosId;
    }

    /** Whether limits allow one more sentence; the first always may enter. */
    public boolean hasRoom(SearchTask more, SearchLimits limits) {
        int rows = more.wanted().options().beamSize();
        int longest = more.wanted().source().length;
        for (int i = 0; i < live.size(); i++) {
            rows += live.get(i).task().wanted().options().beamSize();
            longest = Math.max(longest, live.get(i).beam().sourceLength());
        }
        for (int i = 0; i < entering.size(); i++) {
            rows += entering.get(i).wanted().options().beamSize();
            longest = Math.max(longest, entering.get(i).wanted().source().length);
        }
        return limits.allow(sentences() + 1, rows, longest);
    }

    /** Sentences that are in, those that enter at the next step included. */
    public int sentences() {
        return live.size() + entering.size();
    }

    /** Rows of the last step. */
    public int stepRows() {
        return stepRows;
    }

    /** Source tokens of the sentences that are in, padding excluded. */
    public int sourceTokens() {
        int tokens = 0;
        for (int i = 0; i < live.size(); i++) {
            tokens += live.get(i).beam().sourceLength();
        }
        return tokens;
    }

    /** Source tokens of the sentences that are in, all padded to the longest. */
    public int paddedTokens() {
        int longest = 0;
        for (int i = 0; i < live.size(); i++) {
            longest = Math.max(longest, live.get(i).beam().sourceLength());
        }
        return longest * live.size();
    }

    /**
     * Lets a sentence enter at the next step, whether there is room or not.
     *
     * @throws IllegalArgumentException if its maximum length is below 1 or not above a forced prefix, or its source empty
     */
    public void admit(SearchTask task) {
        if (task.wanted().maximumLength() < 1) {
            throw new IllegalArgumentException(
                    "maximumLength must be at least 1, but is " + task.wanted().maximumLength());
        }
        if (task.wanted().source().length == 0) {
            throw new IllegalArgumentException("a source must have at least 1 token, but has 0");
        }
        TargetConstraint constraint = task.wanted().constraint();
        if (constraint != null && constraint.prefix().length >= task.wanted().maximumLength()) {
            throw new IllegalArgumentException("a forced prefix must be shorter than maximumLength, "
                    + task.wanted().maximumLength() + ", but has " + constraint.prefix().length + " tokens");
        }
        entering.add(task);
    }

    /**
     * Advances all sentences by one token and tells the tasks of those that end.
     *
     * @return false if there was none
     * @throws IllegalArgumentException if the session refuses a source that enters
     */
    public boolean step() {
        live.removeIf(entry -> entry.task().isCancelled());
        entering.removeIf(SearchTask::isCancelled);
        moveRows();
        enter();
        stepRows = session.rows();
        if (live.isEmpty()) {
            return false;
        }
        expand();
        live.removeIf(entry -> entry.beam().isFinished());
        if (live.isEmpty()) {
            // At once, since the next step may be long in coming.
            session.reorder(NO_ROWS);
        }
        return true;
    }

    /** Lets the hypotheses that survived the last step have its rows. */
    private void moveRows() {
        int rows = 0;
        for (int i = 0; i < live.size(); i++) {
            rows += live.get(i).beam().live();
        }
        int[] rowOrigins = origins.of(rows);
        int row = 0;
        for (int i = 0; i < live.size(); i++) {
            row = live.get(i).beam().moveTo(row, rowOrigins);
        }
        if (!isIdentity(rowOrigins, session.rows())) {
            session.reorder(rowOrigins);
        }
    }

    private static boolean isIdentity(int[] origins, int rows) {
        for (int i = 0; i < origins.length; i++) {
            if (origins[i] != i) {
                return false;
            }
        }
        return origins.length == rows;
    }

    private void enter() {
        if (entering.isEmpty()) {
            return;
        }
        int row = session.rows();
        session.admit(entering.stream().map(task -> task.wanted().source()).toArray(int[][]::new), shortlists());
        for (SearchTask task : entering) {
            Beam beam = new Beam(
                    task.wanted().options(),
                    task.wanted().constraint(),
                    bosId,
                    eosId,
                    task.wanted().maximumLength(),
                    session.sourceLength(row),
                    row);
            live.add(new Entry(task, beam));
            row++;
        }
        entering.clear();
    }

    private int @Nullable [] @Nullable [] shortlists() {
        if (entering.stream().allMatch(task -> task.wanted().shortlist() == null)) {
            return null;
        }
        return entering.stream().map(task -> task.wanted().shortlist()).toArray(int[][]::new);
    }

    private void expand() {
        int[] ids = lastIds.of(session.rows());
        int most = 0;
        boolean attention = false;
        int[] @Nullable [] scored = null;
        for (int i = 0; i < live.size(); i++) {
            Beam beam = live.get(i).beam();
            beam.lastIds(ids);
            most = Math.max(most, beam.candidates());
            attention |= live.get(i).task().wanted().options().needsAttention();
            if (beam.wantsScores()) {
                scored = scored == null ? new int[ids.length][] : scored;
                beam.ask(scored);
            }
        }
        Candidates candidates = session.step(ids, most, attention, scored);
        candidates.requireFit(ids.length, attention);
        for (int i = 0; i < live.size(); i++) {
            Entry entry = live.get(i);
            try {
                entry.beam().advance(candidates);
                if (entry.beam().isFinished()) {
                    entry.task().found(entry.beam().best());
                }
            } catch (InvalidCandidatesException broken) {
                entry.beam().abandon();
                entry.task().failed(broken);
            }
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
