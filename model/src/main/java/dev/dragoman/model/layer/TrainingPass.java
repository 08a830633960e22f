package dev.dragoman.model.layer;

import dev.dragoman.model.block.GradientTape;
import dev.dragoman.model.mixture.ExpertLoad;
import dev.dragoman.model.mixture.MixtureOfExperts;
import java.util.LinkedHashMap;
import java.util.Map;

/** What goes with one batch through the layers when training: the tape, and what the mixture layers report. */
public final class TrainingPass {
    private final GradientTape tape;
    private final Map<String, ExpertLoad> loads = new LinkedHashMap<>();
    private double balance;

    /** Of a batch by itself. */
    public TrainingPass() {
        this(1);
    }

    /**
     * Of a batch that is a part of what an update sees.
     *
     * @param share of the whole, 1 of a batch by itself
     */
    public TrainingPass(double share) {
        tape = new GradientTape(share);
    }

    /** Runs the backward pass. */
    public GradientTape tape() {
        return tape;
    }

    void add(String layer, MixtureOfExperts.Trained mixture) {
        loads.put(layer, mixture.load());
        balance += mixture.balance();
    }

    /** Sum of the balance losses of all mixture layers. */
    public double balance() {
        return balance;
    }

    /** How evenly each mixture layer used its experts, by the layer's path, bottom to top. */
    public Map<String, ExpertLoad> loads() {
        return loads;
    }
}
