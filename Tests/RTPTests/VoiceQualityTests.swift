import Kernel
import RTP
import Testing

struct VoiceQualityTests {
    @Test(
        "a rating stands for the score that G.107 annex B gives",
        arguments: [(93.2, 4.41), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58), (0, 1.0)])
    func scores(rating: Double, score: Double) {
        #expect(abs(VoiceQuality.meanOpinionScore(rating: rating) - score) < 0.01)
    }

    @Test("delay beyond 177 ms and loss make it worse, and nothing makes it better than it can be")
    func impairments() {
        #expect(VoiceQuality.rating(delay: .zero, loss: 0) == 93.2)
        #expect(abs(VoiceQuality.rating(delay: .milliseconds(100), loss: 0) - 90.8) < 0.01)
        #expect(abs(VoiceQuality.rating(delay: .milliseconds(300), loss: 0) - 72.503) < 0.01)
        #expect(abs(VoiceQuality.rating(delay: .zero, loss: 0.05) - 77.419) < 0.01)
        #expect(VoiceQuality.rating(delay: .seconds(60), loss: 1) == 0)
        #expect(VoiceQuality.rating(delay: .zero, loss: -1) == 93.2)
    }
}
