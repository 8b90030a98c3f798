using KdRl.Examples.PostTrain;

return await PostTrainCommand.Create().Parse(args).InvokeAsync();
