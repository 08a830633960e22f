package dev.dragoman.app.sentences;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The sentences that wait in one lane. Clients share it equally, and so do the requests of a client, both by source tokens: a long text
 * delays a short one by one sentence at most, and who sends many requests delays only himself.
 *
 * <p>Start-time fair queueing (Goyal, Vin and Cheng 1996): every client, and within it every request, begins where the queue's clock
 * stands, moves on by the tokens that are taken from it, and the one that is furthest behind is next. The clock moves on as a share does that has its equal part
 * of what is taken (Demers, Keshav and Shenker 1989). Of requests that are equally far
 * behind, the one with the earliest deadline is.
 *
 * <p>Plain state without clock, lock or thread.
 */
final class FairQueue {
    /** How many that do not fit are passed over in search of one that does. */
    private static final int LOOK_AHEAD = 16;

    /** How often a sentence that does not fit may be overtaken. Then nothing goes before it, so that it fits in the end. */
    private static final int MOST_OVERTAKEN = 64;

    /** A share of a queue: a client's, or within it a request's. */
    private static class Flow {
        /** Virtual time of its next sentence, in tokens. */
        double start;

        final long deadline;
        final long sequence;

        /** Tokens of its sentences that wait. */
        int tokens;

        Flow(double start, long deadline, long sequence) {
            this.start = start;
            this.deadline = deadline;
            this.sequence = sequence;
        }
    }

    private static final class Waiting {
        final PendingSentence sentence;
        int overtaken;

        Waiting(PendingSentence sentence) {
            this.sentence = sentence;
        }
    }

    private static final class Request extends Flow {
        final Deque<Waiting> sentences = new ArrayDeque<>();

        Request(double start, long deadline, long sequence) {
            super(start, deadline, sequence);
        }
    }

    private static final class Client extends Flow {
        final String name;
        final TreeSet<Request> requests = new TreeSet<>(ORDER);
        double clock;

        Client(String name, double start, long sequence) {
            super(start, 0, sequence);
            this.name = name;
        }
    }

    private static final Comparator<Flow> ORDER = Comparator.<Flow>comparingDouble(flow -> flow.start)
            .thenComparingLong(flow -> flow.deadline)
            .thenComparingLong(flow -> flow.sequence);

    private final TreeSet<Client> clients = new TreeSet<>(ORDER);
    private final Map<String, Client> byName = new HashMap<>();
    /** Where clients that have nothing waiting now would go on, as far as that is ahead of the clock. */
    private final Map<String, Double> ahead = new HashMap<>();

    private double clock;
    private long sequence;
    private int sentences;

    int sentences() {
        return sentences;
    }

    /**
     * The tokens that would be taken, about and at least, before the last of {@code tokens} that a client adds now: of each of its own requests
     * as many, but a sentence at least, and of each other client as many as of this one.
     */
    int ahead(String name, int tokens) {
        Client own = byName.get(name);
        int mine = tokens;
        if (own != null) {
            for (Request request : own.requests) {
                int next = request.sentences.getFirst().sentence.tokens();
                mine += Math.min(request.tokens, Math.max(next, tokens));
            }
        }
        int all = mine - tokens;
        for (Client client : clients) {
            all += client == own ? 0 : Math.min(client.tokens, mine);
        }
        return all;
    }

    /** Adds the sentences of one request. */
    void add(RequestContext context, Collection<PendingSentence> added) {
        if (added.isEmpty()) {
            return;
        }
        Client client = byName.get(context.client());
        if (client == null) {
            Double left = ahead.remove(context.client());
            client = new Client(context.client(), left == null ? clock : Math.max(clock, left), sequence++);
            byName.put(client.name, client);
            clients.add(client);
        }
        Request request = new Request(client.clock, context.deadline().nanos(), sequence++);
        added.forEach(sentence -> request.sentences.addLast(new Waiting(sentence)));
        request.tokens = added.stream().mapToInt(PendingSentence::tokens).sum();
        client.tokens += request.tokens;
        client.requests.add(request);
        sentences += added.size();
    }

    /** Takes the sentence whose turn it is among those that fit; null if there is none, or if none is to go before one that does not fit. */
    @Nullable
    PendingSentence poll(Predicate<PendingSentence> fits) {
        List<Waiting> passedOver = new ArrayList<>();
        for (Client client : clients) {
            for (Request request : client.requests) {
                Waiting next = request.sentences.getFirst();
                if (fits.test(next.sentence)) {
                    passedOver.forEach(waiting -> waiting.overtaken++);
                    take(client, request);
                    return next.sentence;
                }
                passedOver.add(next);
                if (next.overtaken >= MOST_OVERTAKEN || passedOver.size() == LOOK_AHEAD) {
                    return null;
                }
            }
        }
        return null;
    }

    private void take(Client client, Request request) {
        int tokens = request.sentences.removeFirst().sentence.tokens();
        sentences--;
        clock = advanced(clock, tokens, clients.size(), client.start);
        client.clock = advanced(client.clock, tokens, client.requests.size(), request.start);
        clients.remove(client);
        client.requests.remove(request);
        client.start += tokens;
        request.start += tokens;
        client.tokens -= tokens;
        request.tokens -= tokens;
        if (!request.sentences.isEmpty()) {
            client.requests.add(request);
        }
        keep(client);
    }

    /**
     * A clock that stood still while shares of one sentence each come and go would let those of more wait for ever. A share that is alone leaves it
     * behind by a sentence, so that whoever comes next is next.
     */
    private static double advanced(double clock, int tokens, int shares, double taken) {
        return Math.max(shares == 1 ? clock : clock + (double) tokens / shares, taken);
    }

    /** Puts a client back in its place, or remembers only how far it is ahead. */
    private void keep(Client client) {
        if (!client.requests.isEmpty()) {
            clients.add(client);
            return;
        }
        byName.remove(client.name);
        ahead.values().removeIf(start -> start <= clock);
        if (client.start > clock) {
            ahead.put(client.name, client.start);
        }
    }

    /** Takes those out that a test says yes to. */
    List<PendingSentence> removeIf(Predicate<PendingSentence> out) {
        List<PendingSentence> removed = new ArrayList<>();
        for (Client client : List.copyOf(clients)) {
            clients.remove(client);
            for (Iterator<Request> each = client.requests.iterator(); each.hasNext(); ) {
                Request request = each.next();
                int before = request.tokens;
                request.sentences.removeIf(one -> out.test(one.sentence) && removed.add(one.sentence));
                request.tokens = request.sentences.stream()
                        .mapToInt(one -> one.sentence.tokens())
                        .sum();
                client.tokens -= before - request.tokens;
                if (request.sentences.isEmpty()) {
                    each.remove();
                }
            }
            keep(client);
        }
        sentences -= removed.size();
        return removed;
    }
}
