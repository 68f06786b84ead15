/// The tones by which the exchanges of a country tell a caller how a call goes (ITU-T E.180 supplement 2). What a country does not say is the default of
/// E.180: 425 Hz; ringing for one second in five, busy half a second on and off, congestion twice as fast.
struct CallProgress {
    /// The frequencies in hertz of busy and congestion, and of ringing unless it has its own.
    var pitch: [Double] = [425]
    var ringingPitch: [Double]?
    /// The frequency in hertz by which ringing swells and fades, where it does.
    var flutter: Double?
    /// One period of each: milliseconds of tone and of silence by turns.
    var ringing = [1000, 4000]
    var busy = [500, 500]
    var congestion = [250, 250]

    /// The tones of a country by its ISO 3166 code.
    static func of(_ country: String) -> CallProgress { countries[country] ?? CallProgress() }

    private static let northAmerica = CallProgress(pitch: [480, 620], ringingPitch: [440, 480], ringing: [2000, 4000])
    private static let doubleRing = [400, 200, 400, 2000]

    /// The countries that differ from the default; that of the Netherlands and some others is just that.
    private static let countries: [String: CallProgress] = [
        "AT": CallProgress(pitch: [420], ringing: [1000, 5000], busy: [400, 400], congestion: [200, 200]),
        "AU": CallProgress(ringingPitch: [400, 450], ringing: doubleRing, busy: [375, 375], congestion: [375, 375]),
        "BE": CallProgress(ringing: [1000, 3000], congestion: [167, 167]),
        "BR": CallProgress(busy: [250, 250], congestion: [250, 250, 750, 250]),
        "CA": northAmerica,
        "CH": CallProgress(congestion: [200, 200]),
        "CN": CallProgress(pitch: [450], busy: [350, 350], congestion: [700, 700]),
        "CZ": CallProgress(busy: [330, 330], congestion: [165, 165]),
        "DE": CallProgress(busy: [480, 480], congestion: [240, 240]),
        "DK": CallProgress(congestion: [200, 200]),
        "EE": CallProgress(busy: [300, 300], congestion: [200, 200]),
        "ES": CallProgress(ringing: [1500, 3000], busy: [200, 200], congestion: [200, 200, 200, 200, 200, 600]),
        "FI": CallProgress(busy: [300, 300], congestion: [200, 200]),
        "FR": CallProgress(pitch: [440], ringing: [1500, 3500]),
        "GB": CallProgress(
            pitch: [400], ringingPitch: [400, 450], ringing: doubleRing, busy: [375, 375], congestion: [400, 350, 225, 525]),
        "GR": CallProgress(busy: [300, 300], congestion: [200, 200]),
        "HU": CallProgress(ringing: [1250, 3750], busy: [300, 300], congestion: [300, 300]),
        "IE": CallProgress(ringingPitch: [400, 450], ringing: doubleRing),
        "IL": CallProgress(pitch: [414], ringing: [1000, 3000]),
        "IN": CallProgress(pitch: [400], flutter: 25, ringing: doubleRing, busy: [750, 750]),
        "IT": CallProgress(congestion: [200, 200]),
        "JP": CallProgress(pitch: [400], flutter: 16, ringing: [1000, 2000], congestion: [500, 500]),
        "LT": CallProgress(busy: [350, 350], congestion: [200, 200]),
        "MX": CallProgress(busy: [250, 250]),
        "NO": CallProgress(congestion: [200, 200]),
        "NZ": CallProgress(pitch: [400], ringingPitch: [400, 450], ringing: doubleRing),
        "PL": CallProgress(congestion: [500, 500]),
        "PT": CallProgress(ringing: [1000, 5000], congestion: [200, 200]),
        "RU": CallProgress(busy: [350, 350], congestion: [175, 175]),
        "SE": CallProgress(ringing: [1000, 5000], busy: [250, 250], congestion: [250, 750]),
        "SG": CallProgress(flutter: 24, ringing: doubleRing, busy: [750, 750]),
        "TW": CallProgress(pitch: [480, 620], ringingPitch: [440, 480], ringing: [1000, 2000]),
        "US": northAmerica,
        "ZA": CallProgress(pitch: [400], flutter: 33, ringing: doubleRing),
    ]
}
