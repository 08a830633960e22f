package dev.dragoman.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServingSettingsTest {
    @AfterEach
    void clear() {
        System.clearProperty(ServingSettings.PRECISION);
        System.clearProperty(ServingSettings.STEPS);
    }

    @Test
    void of_stepsPerCall_areOneOnAProcessorAndSeveralOnAGpu() {
        System.setProperty(ServingSettings.PRECISION, "bfloat16");
        assertThat(ServingSettings.of(Device.cpu()).stepsPerCall()).isEqualTo(1);
        assertThat(ServingSettings.of(Device.gpu(0)).stepsPerCall()).isEqualTo(4);
        System.setProperty(ServingSettings.STEPS, "64");
        assertThat(ServingSettings.of(Device.cpu()).stepsPerCall()).isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65", "100", "-1", "", "two"})
    void of_stepsOutOfRange_areNamed(String number) {
        System.setProperty(ServingSettings.STEPS, number);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServingSettings.of(Device.cpu()))
                .withMessage("dragoman.engine.steps must be auto or a number from 1 to 64, but is " + number);
    }

    @Test
    void of_processor_isFloat32() {
        assertThat(ServingSettings.of(Device.cpu()).compute()).isEqualTo(Compute.FLOAT32);
        System.setProperty(ServingSettings.PRECISION, "auto");
        assertThat(ServingSettings.of(Device.cpu()).compute()).isEqualTo(Compute.FLOAT32);
    }

    @ParameterizedTest
    @CsvSource({"float32, FLOAT32", "bfloat16, BFLOAT16", "float16, FLOAT16"})
    void of_namedPrecision_isThatOnAnyDevice(String name, Compute compute) {
        System.setProperty(ServingSettings.PRECISION, name);
        assertThat(ServingSettings.of(Device.cpu()).compute()).isEqualTo(compute);
        assertThat(ServingSettings.of(Device.gpu(0)).compute()).isEqualTo(compute);
        assertThat(ServingSettings.of(Device.cpu()).residentExperts()).isFalse();
        assertThat(ServingSettings.of(Device.gpu(0)).residentExperts()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"half", "", "BFLOAT16", "float64"})
    void of_unknownPrecision_isNamed(String name) {
        System.setProperty(ServingSettings.PRECISION, name);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServingSettings.of(Device.cpu()))
                .withMessage("dragoman.engine.precision must be auto, float32, bfloat16 or float16, but is " + name);
    }

    @Test
    void float64_isForTestsOfTrainingOnly() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ServingSettings(Compute.FLOAT64, false, 1))
                .withMessage("compute must be FLOAT32, BFLOAT16 or FLOAT16, but is FLOAT64");
    }

    /** As the engine writes compute capabilities: Maxwell, Pascal, Volta, Turing, Ampere, Ada, Hopper and Blackwell. */
    @ParameterizedTest
    @CsvSource({
        "52, FLOAT32",
        "53, FLOAT16",
        "60, FLOAT16",
        "70, FLOAT16",
        "75, FLOAT16",
        "80, BFLOAT16",
        "86, BFLOAT16",
        "89, BFLOAT16",
        "90, BFLOAT16",
        "100, BFLOAT16",
        "120, BFLOAT16"
    })
    void gpu_servesInBfloat16_orBeforeAmpereInFloat16(String capability, Compute compute) {
        assertThat(ComputeDevice.gpuCompute(capability)).isEqualTo(compute);
    }
}
