package dev.dragoman.model.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.Engines;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedExpertsTest {
    private static final int WIDTH = 5;
    private static final int EXPERTS = 16;

    private NDManager manager;
    private Kernels kernels;

    @BeforeEach
    void open() {
        Engines.prepare();
        manager = NDManager.newBaseManager(Device.cpu());
        kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 2, 0.01), Device.cpu());
    }

    @AfterEach
    void close() {
        manager.close();
        kernels.close();
    }

    private static Mixture mixture(int groups) {
        return new Mixture(
                EXPERTS, 2, 6, List.of(), List.of(), 0, 0, 0, false, new Gating(GateKind.NOISY_TOP_K, groups));
    }

    private ShardedExperts sharded(int devices, int groups) {
        return new ShardedExperts(
                Collections.nCopies(devices, Device.cpu()),
                Collections.nCopies(devices, kernels),
                mixture(groups),
                WIDTH);
    }

    /** Rows that chose two of the groups and two experts in each of them. */
    private AssignedRows inGroups(int count, int groups, Random random) {
        int[] rows = new int[4 * count];
        int[] experts = new int[4 * count];
        for (int row = 0; row < count; row++) {
            List<Integer> chosen = pick(groups, random);
            for (int i = 0; i < 4; i += 2) {
                List<Integer> inner = pick(EXPERTS / groups, random);
                for (int j = 0; j < 2; j++) {
                    rows[4 * row + i + j] = row;
                    experts[4 * row + i + j] = chosen.get(i / 2) * (EXPERTS / groups) + inner.get(j);
                }
            }
        }
        return new AssignedRows(
                manager.randomNormal(new Shape(count, WIDTH)),
                manager.randomNormal(new Shape(4L * count)),
                rows,
                experts);
    }

    private static List<Integer> pick(int of, Random random) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < of; i++) {
            all.add(i);
        }
        Collections.shuffle(all, random);
        return all.subList(0, 2);
    }

    /** One copy per chosen group where every group has its device, half of what one copy per expert would be. */
    @Test
    void row_travelsOnceForEachChosenGroup() {
        ShardedExperts experts = sharded(4, 4);
        experts.initialize(manager, DataType.FLOAT32);
        Random random = new Random(1);
        List<AssignedRows> replicas = List.of(inGroups(30, 4, random), inGroups(20, 4, random));
        ShardedExperts.Pass pass = experts.forward(replicas);
        assertThat(pass.travels()).isEqualTo(2 * (30 + 20));
        int[] counts = pass.counts();
        assertThat(counts).hasSize(EXPERTS);
        assertThat(Arrays.stream(counts).sum()).isEqualTo(4 * (30 + 20));
    }

    /** With two groups to a device, a row that chose both of them goes there once. */
    @Test
    void row_travelsOnceForEachDevice() {
        ShardedExperts experts = sharded(2, 4);
        experts.initialize(manager, DataType.FLOAT32);
        AssignedRows batch = inGroups(40, 4, new Random(2));
        Set<List<Integer>> pairs = new HashSet<>();
        for (int a = 0; a < batch.rows().length; a++) {
            pairs.add(List.of(batch.rows()[a], batch.experts()[a] / 8));
        }
        int travels = experts.forward(List.of(batch)).travels();
        assertThat(travels).isEqualTo(pairs.size()).isLessThan(2 * 40);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void groups_stayWhole(int devices) {
        int[] begins = sharded(devices, 4).begins();
        assertThat(begins).hasSize(devices + 1).startsWith(0).endsWith(EXPERTS);
        assertThat(begins).doesNotHaveDuplicates();
        for (int begin : begins) {
            assertThat(begin % 4).isZero();
        }
    }

    /** Also what no row chose, and a replica without rows for anybody. */
    @Test
    void shardsAndReplicasWithoutAssignments_giveZeros() {
        ShardedExperts experts = sharded(4, 0);
        experts.initialize(manager, DataType.FLOAT32);
        AssignedRows one = new AssignedRows(
                manager.randomNormal(new Shape(3, WIDTH)), manager.create(new float[] {1f}), new int[] {1}, new int[] {5
                });
        AssignedRows none = new AssignedRows(
                manager.randomNormal(new Shape(2, WIDTH)), manager.create(new float[0]), new int[0], new int[0]);
        ShardedExperts.Pass pass = experts.forward(List.of(none, one));
        assertThat(pass.y().get(0).toFloatArray()).hasSize(2 * WIDTH).containsOnly(0);
        float[] y = pass.y().get(1).toFloatArray();
        for (int i = 0; i < y.length; i++) {
            if (i / WIDTH != 1) {
                assertThat(y[i]).isZero();
            }
        }
        NDArray dy = manager.ones(new Shape(2, WIDTH));
        assertThat(pass.backward(List.of(dy, manager.ones(new Shape(3, WIDTH))))
                        .get(0)
                        .get(0)
                        .toFloatArray())
                .containsOnly(0);
        boolean[] touched = experts.stacks().get("hidden.shard1").touched();
        assertThat(touched).containsExactly(false, true, false, false);
    }

    @Test
    void moreDevicesThanGroups_areRefused() {
        assertThatThrownBy(() -> sharded(5, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a mixture layer of 4 groups can be spread over as many devices at most, but there are 5");
    }
}
