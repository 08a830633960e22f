package dev.dragoman.training;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import dev.dragoman.model.Engines;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.ComputeDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a training run is made of, read from one commented YAML file, which may name another that it differs from:
 * {@code base: lm-32.yaml}, relative to it, with only those keys beside it that are different.
 */
public interface Recipe {
    /** What the model calls itself. */
    String name();

    /**
     * The SentencePiece model.
     *
     * @param recipeFile where the recipe was read from
     * @param data folder that the corpora's paths are relative to
     */
    Path piecesFile(Path recipeFile, Path data);

    /** How the network is trained. */
    Training training();

    /**
     * Reads the text, and makes ready what the run needs of it.
     *
     * @param recipeFile where the recipe was read from, for messages
     * @param data folder that the corpora's paths are relative to
     * @param piecesFile the SentencePiece model
     * @param threads for encoding
     * @return to be closed by the caller
     * @throws RecipeException if the vocabulary or a development file does not fit the recipe, or a device that it names is not there
     */
    Objective open(Path recipeFile, Path data, Path piecesFile, int threads) throws IOException;

    /**
     * Reads a recipe: of a language model if it has the key {@code languageModel}, else of a translation model.
     *
     * @throws RecipeException if the file is missing, a key is unknown or absent, or a value impossible; the message names it
     */
    static Recipe read(Path file) {
        return RecipeReader.read(file);
    }

    /**
     * How the network is trained.
     *
     * @param seed of initial values, order, dropout and noise
     * @param precision element type of matrix products; weights and sums are in float32 always
     * @param tokensPerBatch rows times the longest side, padding included
     * @param batchesPerUpdate batches whose gradients make an update together; absent for 1
     * @param initialRange all parameters but those of mixture layers begin uniformly between this and its negative; absent for a range that
     *     suits each
     * @param updates when to end
     * @param patience validations without a better score after which the run ends early; absent for never
     * @param labelSmoothing probability mass given to all pieces alike, {@code [0, 1)}
     * @param learningRate the schedule
     * @param adam the optimiser's constants
     * @param descent the stage of plain gradient descent after Adam; absent for none
     * @param clipNorm largest global norm of the gradient; 0 disables
     * @param adaptiveClip passes over updates whose gradient is out of the ordinary; absent for none
     * @param checkpointEvery updates between checkpoints
     * @param keepCheckpoints how many of the newest checkpoints are kept
     * @param validateEvery updates between validations
     * @param validateSentences sentences of each development file that a translation model translates, and that a language model is
     *     measured on, at a validation; 0 for all
     * @param modelPrecision how matrices of the model directories are stored, which are what validation translates with
     * @param experts how the experts' weights are kept and moved; absent for Adam as with all others
     * @param devices names of the devices to train on, in the words of {@link ComputeDevice}: each has a copy of the network and a share of
     *     every mixture layer's experts; a name may repeat. Absent for the one device that {@link ComputeDevice} chooses
     */
    record Training(
            long seed,
            Compute precision,
            int tokensPerBatch,
            @Nullable Integer batchesPerUpdate,
            @Nullable Double initialRange,
            int updates,
            @Nullable Integer patience,
            double labelSmoothing,
            LearningRate learningRate,
            Adam adam,
            @Nullable Descent descent,
            double clipNorm,
            @Nullable AdaptiveClip adaptiveClip,
            int checkpointEvery,
            int keepCheckpoints,
            int validateEvery,
            int validateSentences,
            StoredType modelPrecision,
            @Nullable Experts experts,
            @Nullable List<String> devices) {
        private static final String DEVICES = "training.devices";

        public Training {
            Requirement.present("training.modelPrecision", modelPrecision);
            Requirement.present("training.precision", precision);
            Requirement.present("training.learningRate", learningRate);
            Requirement.present("training.adam", adam);
            Requirement.range("training.tokensPerBatch", tokensPerBatch, 1, Integer.MAX_VALUE);
            batchesPerUpdate = batchesPerUpdate == null ? Integer.valueOf(1) : batchesPerUpdate;
            Requirement.range("training.batchesPerUpdate", batchesPerUpdate, 1, 100_000);
            if (initialRange != null) {
                Requirement.range("training.initialRange", initialRange, 1e-9, 10);
            }
            Requirement.range("training.updates", updates, 1, Integer.MAX_VALUE);
            if (patience != null) {
                Requirement.range("training.patience", patience, 1, Integer.MAX_VALUE);
            }
            Requirement.range("training.labelSmoothing", labelSmoothing, 0, 0.99);
            Requirement.range("training.clipNorm", clipNorm, 0, 1e9);
            Requirement.range("training.checkpointEvery", checkpointEvery, 1, Integer.MAX_VALUE);
            Requirement.range("training.keepCheckpoints", keepCheckpoints, 1, 1000);
            Requirement.range("training.validateEvery", validateEvery, 1, Integer.MAX_VALUE);
            Requirement.range("training.validateSentences", validateSentences, 0, Integer.MAX_VALUE);
            if (descent != null && experts != null && experts.optimizer() == Experts.Kind.FACTORED) {
                throw new IllegalArgumentException("training.descent needs the optimizer ADAM for experts, but"
                        + " training.experts.optimizer is FACTORED");
            }
            if (devices != null) {
                devices = Requirement.notEmpty(DEVICES, "device", devices);
                devices.forEach(name -> ComputeDevice.requireName(DEVICES, name));
            }
        }

        /** Batches whose gradients make an update together, at least 1. */
        @Override
        public Integer batchesPerUpdate() {
            return batchesPerUpdate == null ? 1 : batchesPerUpdate;
        }

        /** The rate of an update, of whatever stage it is in. */
        double rate(int update) {
            return descent == null || update <= descent.after()
                    ? learningRate.at(update, updates)
                    : descent.learningRate().at(update - descent.after(), updates - descent.after());
        }

        /** How the experts are kept and moved; Adam in float32 where the recipe does not say. */
        @Override
        public Experts experts() {
            return experts == null ? Experts.DENSE : experts;
        }

        /** Refuses more devices than the experts of a mixture layer can be spread over. */
        void requireExpertsForDevices(Mixture mixture) {
            boolean dense =
                    mixture.encoderAfter().isEmpty() && mixture.decoderAfter().isEmpty();
            if (devices != null && !dense && devices.size() > mixture.mostDevices()) {
                throw new IllegalArgumentException(DEVICES + " must name at most " + mixture.mostDevices()
                        + " devices, as many as a mixture layer has "
                        + (mixture.gating().groups() == 0 ? "experts" : "groups of experts") + ", but names "
                        + devices.size());
            }
        }

        /**
         * The devices to train on.
         *
         * @param recipeFile for the message
         * @throws RecipeException if the engine does not see one that is named
         */
        List<Device> openDevices(Path recipeFile) {
            Engines.prepare();
            if (devices == null) {
                return List.of(ComputeDevice.get());
            }
            try {
                return devices.stream()
                        .map(name -> ComputeDevice.of(DEVICES, name))
                        .toList();
            } catch (IllegalArgumentException e) {
                throw new RecipeException(recipeFile, String.valueOf(e.getMessage()), e);
            }
        }
    }

    /**
     * Constants of Adam.
     *
     * @param beta1 decay of the first moment, {@code [0, 1)}
     * @param beta2 decay of the second moment, {@code [0, 1)}
     * @param epsilon added to the root of the second moment
     * @param weightDecay times half the sum of squared parameters is added to the loss; absent for 0
     */
    record Adam(
            double beta1,
            double beta2,
            double epsilon,
            @Nullable Double weightDecay) {
        public Adam {
            weightDecay = weightDecay == null ? Double.valueOf(0) : weightDecay;
            Requirement.range("training.adam.weightDecay", weightDecay, 0, 1);
            Requirement.range("training.adam.beta1", beta1, 0, 0.999999);
            Requirement.range("training.adam.beta2", beta2, 0, 0.999999);
            Requirement.range("training.adam.epsilon", epsilon, 1e-30, 1);
        }

        /** Without decay. */
        Adam(double beta1, double beta2, double epsilon) {
            this(beta1, beta2, epsilon, null);
        }

        /** Not negative. */
        @Override
        public Double weightDecay() {
            return weightDecay == null ? 0 : weightDecay;
        }
    }

    /**
     * Plain stochastic gradient descent in place of Adam, for the rest of a run (Wu et al. 2016, section 8.3).
     *
     * @param after the last update of Adam
     * @param learningRate its rate, as if the run began where it begins
     */
    record Descent(int after, LearningRate learningRate) {
        public Descent {
            Requirement.range("training.descent.after", after, 1, Integer.MAX_VALUE);
            Requirement.present("training.descent.learningRate", learningRate);
        }
    }

    /**
     * Passes over updates whose gradient is out of the ordinary (Chen et al. 2018): the logarithm of its norm is further above the moving
     * average of those before than so many of their standard deviations.
     *
     * @param deviations how many
     * @param decay of the moving average and variance, {@code (0, 1)}
     * @param after updates at the beginning of a run that are all taken, while the average forms
     */
    record AdaptiveClip(double deviations, double decay, int after) {
        public AdaptiveClip {
            Requirement.range("training.adaptiveClip.deviations", deviations, 0.1, 1000);
            Requirement.range("training.adaptiveClip.decay", decay, 0.01, 0.999999);
            Requirement.range("training.adaptiveClip.after", after, 1, Integer.MAX_VALUE);
        }
    }

    /**
     * How the weights of experts are kept and moved.
     *
     * @param optimizer what moves them
     * @param weights their element type; 16 bits ask for the factored optimiser
     * @param beta2 decay of the factored second moment, {@code [0, 1)}
     * @param epsilon root mean square that the factored second moment is given beside that of the gradients
     * @param clipRms largest root mean square of an expert's step, in learning rates, with the factored optimiser; 0 disables
     */
    record Experts(Kind optimizer, Weights weights, double beta2, double epsilon, double clipRms) {
        static final Experts DENSE = new Experts(Kind.ADAM, Weights.FLOAT32, 0.999, 1e-8, 1);

        /** What moves the experts' weights. */
        public enum Kind {
            /** As with all other parameters: two moments for every number, and every expert moves at every update. */
            ADAM,
            /** {@link FactoredOptimizer}: the experts in use only, and next to nothing to remember. */
            FACTORED
        }

        /** Element types of the experts' weights and gradients. */
        public enum Weights {
            FLOAT32(DataType.FLOAT32),
            /** Half the memory; steps are rounded up or down at random. */
            BFLOAT16(DataType.BFLOAT16);

            private final DataType type;

            Weights(DataType type) {
                this.type = type;
            }

            DataType type() {
                return type;
            }
        }

        public Experts {
            Requirement.present("training.experts.optimizer", optimizer);
            Requirement.present("training.experts.weights", weights);
            Requirement.range("training.experts.beta2", beta2, 0, 0.999999);
            Requirement.range("training.experts.epsilon", epsilon, 1e-30, 1);
            Requirement.range("training.experts.clipRms", clipRms, 0, 1e9);
            if (optimizer == Kind.ADAM && weights != Weights.FLOAT32) {
                throw new IllegalArgumentException(
                        "training.experts.weights must be FLOAT32 with the optimizer ADAM, but is " + weights);
            }
        }
    }
}
