using KdRl.Examples.Quickstart;

return await QuickstartCommand.Create().Parse(args).InvokeAsync();
