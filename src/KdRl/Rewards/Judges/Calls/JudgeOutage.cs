namespace KdRl.Rewards;

/// <summary>
/// Tells a judge that is down from one that stumbles: nothing but passing faults for longer than a limit. Questions then fail at once, so
/// that thousands of them do not each wait for their last retry; one request now and then finds out whether the judge is back.
/// </summary>
internal sealed class JudgeOutage(TimeSpan? limit, TimeProvider time)
{
    private const int FewestFaults = 10;
    private const int ProbesPerLimit = 10;

    private readonly Lock gate = new();
    private int faults;
    private long first, last, probed;

    /// <summary>The fault of a request that is not worth sending; null when it is.</summary>
    public CallFault? Refuses()
    {
        lock (gate)
        {
            // Only time between observed faults counts: nobody may have asked for an hour.
            if (limit is not { } bound || faults < FewestFaults || time.GetElapsedTime(first, last) < bound) return null;
            if (time.GetElapsedTime(probed) < bound / ProbesPerLimit)
                return new CallFault(RewardStatus.Failed, $"the judge is down: {faults} requests in a row failed, over {time.GetElapsedTime(first, last).TotalSeconds:0} s", IsPassing: false);
            probed = time.GetTimestamp();
            return null;
        }
    }

    /// <summary>Notes what became of a request. A refusal of the request itself shows that the judge is there.</summary>
    public void Record(CallFault? fault)
    {
        lock (gate)
        {
            if (fault is not { IsPassing: true })
            {
                faults = 0;
                return;
            }
            last = probed = time.GetTimestamp();
            if (faults++ == 0) first = last;
        }
    }
}
