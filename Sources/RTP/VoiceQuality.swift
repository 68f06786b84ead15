import Kernel

/// How well a call could be understood: the E-model of ITU-T G.107 with its default values, for G.711 with concealment under random loss (ITU-T G.113
/// appendix I). Other codecs are reckoned as if they were G.711: wideband ones sound better than it says.
public enum VoiceQuality {
    /// The equipment impairment and the packet-loss robustness of G.711 with concealment.
    private static let (impairment, robustness) = (0.0, 25.1)

    /// The transmission rating R, 0 to 93.2.
    ///
    /// - Parameters:
    ///   - delay: From mouth to ear, one way.
    ///   - loss: The part of packets that were not heard, 0 to 1.
    public static func rating(delay: Duration, loss: Double) -> Double {
        let milliseconds = Double(delay.wholeMilliseconds)
        let percent = min(max(loss, 0), 1) * 100
        let byDelay = 0.024 * milliseconds + 0.11 * max(0, milliseconds - 177.3)
        let byLoss = impairment + (95 - impairment) * percent / (percent + robustness)
        return min(max(93.2 - byDelay - byLoss, 0), 93.2)
    }

    /// The mean opinion score that a rating stands for (G.107 annex B), 1 to 4.5.
    public static func meanOpinionScore(rating: Double) -> Double {
        let rating = min(max(rating, 0), 100)
        return max(1, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)
    }
}
